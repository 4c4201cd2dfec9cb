/// What a player tells, each kind a class: a `switch` over [PlayerEvent] that forgets one does not
/// compile.
///
/// Most apps need only `Utterance`'s futures and streams and the player's state, which are made of
/// these.
library;

import '../generated/api/player_events.dart' show DepartureReason;
import 'errors.dart';
import 'outcome.dart';
import 'player_state.dart';
import 'spoken.dart';
import 'volume.dart';

/// Something that happens to a player.
sealed class PlayerEvent {
  const PlayerEvent();
}

/// How things are: first of all, and after [PlayerEventsLagged].
final class PlayerSnapshot extends PlayerEvent {
  /// With the state.
  const PlayerSnapshot(this.state);

  /// How things are.
  final PlayerState state;
}

/// So many events came faster than they were read, and are lost. A [PlayerSnapshot] follows.
final class PlayerEventsLagged extends PlayerEvent {
  /// With how many.
  const PlayerEventsLagged(this.missed);

  /// How many are lost.
  final int missed;
}

/// The numbers of events have a gap, or one came twice: a mistake in Utter, which an app can only
/// log.
final class PlayerEventsGap extends PlayerEvent {
  /// With the number that should have come, and the one that did.
  const PlayerEventsGap({required this.expected, required this.received});

  /// The number that should have come.
  final int expected;

  /// The one that did.
  final int received;
}

/// Something that needs nobody's help, but may explain what was seen: a mistake in Utter, which an
/// app can only log.
final class PlayerWarning extends PlayerEvent {
  /// With what it is.
  const PlayerWarning(this.error);

  /// What it is.
  final UtterException error;
}

/// Something that happens to one utterance or clip.
sealed class UtteranceEvent extends PlayerEvent {
  const UtteranceEvent(this.utterance);

  /// Its number, the same as `Utterance.id`.
  final int utterance;
}

/// It was asked for.
final class UtteranceQueued extends UtteranceEvent {
  /// With whether it is a sound file.
  const UtteranceQueued(super.utterance, {required this.isClip});

  /// Whether it is a sound file.
  final bool isClip;
}

/// Some of it is made.
final class UtterancePrepared extends UtteranceEvent {
  /// With how long that took.
  const UtterancePrepared(super.utterance, this.after);

  /// How long it took since it was asked for.
  final Duration after;
}

/// It begins to be heard.
final class UtteranceStarted extends UtteranceEvent {
  /// With its number.
  const UtteranceStarted(super.utterance);
}

/// A sentence begins to be heard.
final class SentenceStarted extends UtteranceEvent {
  /// With the sentence.
  const SentenceStarted(super.utterance, this.sentence);

  /// The sentence.
  final SpokenSentence sentence;
}

/// A word begins to be heard.
final class WordStarted extends UtteranceEvent {
  /// With the word.
  const WordStarted(super.utterance, this.word);

  /// The word.
  final SpokenWord word;
}

/// A word has ended.
final class WordEnded extends UtteranceEvent {
  /// With where it is, and when it ended.
  const WordEnded(super.utterance, this.word, this.time);

  /// Where it is in the text.
  final SpokenRange word;

  /// When it ended.
  final Duration time;
}

/// A phoneme begins to be heard.
final class PhonemeStarted extends UtteranceEvent {
  /// With the phoneme.
  const PhonemeStarted(super.utterance, this.phoneme);

  /// The phoneme.
  final SpokenPhoneme phoneme;
}

/// A viseme begins to be seen.
final class VisemeStarted extends UtteranceEvent {
  /// With the viseme.
  const VisemeStarted(super.utterance, this.viseme);

  /// The viseme.
  final SpokenViseme viseme;
}

/// A place that has a name is reached.
final class BookmarkReached extends UtteranceEvent {
  /// With the bookmark.
  const BookmarkReached(super.utterance, this.bookmark);

  /// The bookmark.
  final SpokenBookmark bookmark;
}

/// How far it is.
final class UtteranceProgressed extends UtteranceEvent {
  /// With how far.
  const UtteranceProgressed(super.utterance, this.progress);

  /// How far it is.
  final SpokenProgress progress;
}

/// Something urgent takes its place.
final class UtteranceInterrupted extends UtteranceEvent {
  /// With how much of it was heard.
  const UtteranceInterrupted(super.utterance, this.heard);

  /// How much of it was heard.
  final Duration heard;
}

/// It goes on after an interruption.
final class UtteranceResumed extends UtteranceEvent {
  /// With where.
  const UtteranceResumed(super.utterance, this.from);

  /// Where it goes on.
  final Duration from;
}

/// It was over and is heard again. Its futures and streams have ended; events and the player's
/// state tell of it.
final class UtteranceReplayed extends UtteranceEvent {
  /// With where, and whether it is a sound file.
  const UtteranceReplayed(super.utterance, this.from, {required this.isClip});

  /// Whether it is a sound file.
  final bool isClip;

  /// From where it is heard.
  final Duration from;
}

/// It is over.
final class UtteranceDone extends UtteranceEvent {
  /// With how.
  const UtteranceDone(super.utterance, this.outcome);

  /// How it has ended.
  final UtteranceOutcome outcome;
}

/// It cannot be said, or not to its end.
final class UtteranceFailed extends UtteranceEvent {
  /// With why.
  const UtteranceFailed(super.utterance, this.error);

  /// Why.
  final UtterException error;
}

/// The player was paused, or goes on.
final class PlayerPauseChanged extends PlayerEvent {
  /// With which.
  const PlayerPauseChanged({required this.isPaused});

  /// Whether it is paused.
  final bool isPaused;
}

/// Its volume is another.
final class PlayerVolumeChanged extends PlayerEvent {
  /// With the volume.
  const PlayerVolumeChanged(this.volume);

  /// How loud it is.
  final Volume volume;
}

/// A command can be heard.
final class PlayerCommandObeyed extends PlayerEvent {
  /// With the number that the command's future completed with.
  const PlayerCommandObeyed(this.command);

  /// The command's number.
  final int command;
}

/// The player has not called for as long as its lease. It does so by itself, so the app was held
/// up.
final class LeaseRunningOut extends PlayerEvent {
  /// With how long it has left.
  const LeaseRunningOut(this.within);

  /// After how long it is evicted.
  final Duration within;
}

/// It has called again in time.
final class LeaseRenewed extends PlayerEvent {
  /// There is no more to say.
  const LeaseRenewed();
}

/// The player is attached no more. Nothing follows until it is reattached.
final class PlayerDeparted extends PlayerEvent {
  /// With why.
  const PlayerDeparted(this.reason);

  /// Why.
  final DepartureReason reason;
}
