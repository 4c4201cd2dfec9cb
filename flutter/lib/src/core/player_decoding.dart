/// A player's events and snapshots as the bridge sends them, turned into the classes that apps see.
///
/// The attachment calls it for each event. It knows nothing of order, and keeps nothing.
library;

import '../generated/api/player_events.dart' as bridge;
import 'errors.dart';
import 'event_fields.dart';
import 'outcome.dart';
import 'player_event.dart';
import 'player_state.dart';
import 'spoken.dart';
import 'volume.dart';

/// The event, or null if there is nothing to be told. Throws an [UtterException] if a field is
/// missing. Whether a replayed utterance is a clip its event does not say: [isClip] tells.
PlayerEvent? playerEventOf(
  bridge.PlayerEvent event, {
  required bool Function(int utterance) isClip,
}) {
  final kind = event.kind;
  int id() => promised(event.utterance, 'utterance', kind);
  bridge.TextSpan span() => promised(event.text, 'text', kind);
  Duration begin() => time(event.timeMicros, 'time_micros', kind);
  Duration end() => time(event.endMicros, 'end_micros', kind);
  Duration heard() => time(event.heardMicros, 'heard_micros', kind);
  String name() => promised(event.name, 'name', kind);
  return switch (kind) {
    bridge.PlayerEventKind.alive => null,
    bridge.PlayerEventKind.snapshot => PlayerSnapshot(
      playerStateOf(promised(event.snapshot, 'snapshot', kind)),
    ),
    bridge.PlayerEventKind.lagged => PlayerEventsLagged(promised(event.missed, 'missed', kind)),
    bridge.PlayerEventKind.queued => UtteranceQueued(
      id(),
      isClip: promised(event.isClip, 'is_clip', kind),
    ),
    bridge.PlayerEventKind.prepared => UtterancePrepared(id(), begin()),
    bridge.PlayerEventKind.started => UtteranceStarted(id()),
    bridge.PlayerEventKind.sentence => SentenceStarted(
      id(),
      SpokenSentence(
        start: span().start,
        end: span().end,
        utf8Start: span().utf8Start,
        time: begin(),
      ),
    ),
    bridge.PlayerEventKind.word => WordStarted(
      id(),
      SpokenWord(
        start: span().start,
        end: span().end,
        utf8Start: span().utf8Start,
        time: begin(),
        endTime: end(),
      ),
    ),
    bridge.PlayerEventKind.wordEnd => WordEnded(id(), rangeOf(span()), begin()),
    bridge.PlayerEventKind.phoneme => PhonemeStarted(
      id(),
      SpokenPhoneme(
        start: span().start,
        end: span().end,
        utf8Start: span().utf8Start,
        phoneme: name(),
        time: begin(),
        endTime: end(),
      ),
    ),
    bridge.PlayerEventKind.viseme => VisemeStarted(
      id(),
      SpokenViseme(
        start: span().start,
        end: span().end,
        utf8Start: span().utf8Start,
        viseme: promised(event.viseme, 'viseme', kind),
        time: begin(),
        endTime: end(),
      ),
    ),
    bridge.PlayerEventKind.bookmark => BookmarkReached(
      id(),
      SpokenBookmark(
        start: span().start,
        end: span().end,
        utf8Start: span().utf8Start,
        name: name(),
        time: begin(),
      ),
    ),
    bridge.PlayerEventKind.progress => UtteranceProgressed(
      id(),
      SpokenProgress(heard: heard(), made: time(event.madeMicros, 'made_micros', kind)),
    ),
    bridge.PlayerEventKind.interrupted => UtteranceInterrupted(id(), heard()),
    bridge.PlayerEventKind.resumed => UtteranceResumed(id(), begin()),
    bridge.PlayerEventKind.replayed => UtteranceReplayed(id(), begin(), isClip: isClip(id())),
    bridge.PlayerEventKind.finished => UtteranceDone(id(), const UtteranceFinished()),
    bridge.PlayerEventKind.stopped => UtteranceDone(
      id(),
      UtteranceStopped(heardTextOf(promised(event.heard, 'heard', kind))),
    ),
    bridge.PlayerEventKind.failed => UtteranceFailed(
      id(),
      exceptionOf(promised(event.error, 'error', kind)),
    ),
    bridge.PlayerEventKind.paused => PlayerPauseChanged(
      isPaused: promised(event.isPaused, 'is_paused', kind),
    ),
    bridge.PlayerEventKind.volumeSet => PlayerVolumeChanged(
      volumeOf(promised(event.volume, 'volume', kind)),
    ),
    bridge.PlayerEventKind.obeyed => PlayerCommandObeyed(
      promised(event.command, 'command', kind),
    ),
    bridge.PlayerEventKind.leaseRunsOut => LeaseRunningOut(begin()),
    bridge.PlayerEventKind.leaseRenewed => const LeaseRenewed(),
    bridge.PlayerEventKind.departed => PlayerDeparted(
      promised(event.departure, 'departure', kind),
    ),
  };
}

/// How much was heard of what was stopped.
HeardText heardTextOf(bridge.HeardExtent heard) => HeardText(
  time: Duration(microseconds: heard.timeMicros),
  word: heard.word == null ? null : rangeOf(heard.word!),
  isWordWhole: heard.isWordWhole,
  text: rangeOf(heard.text),
  unheard: rangeOf(heard.unheard),
  unheardText: heard.unheardText,
);

/// How things stand with a player.
PlayerState playerStateOf(bridge.PlayerSnapshot snapshot) => PlayerState(
  utterances: [
    for (final utterance in snapshot.utterances)
      UtteranceState(
        id: utterance.utterance,
        isClip: utterance.isClip,
        phase: utterance.phase,
        heard: Duration(microseconds: utterance.heardMicros),
        made: Duration(microseconds: utterance.madeMicros),
        word: utterance.word == null ? null : rangeOf(utterance.word!),
      ),
  ],
  isPaused: snapshot.isPaused,
  volume: volumeOf(snapshot.volume),
  isLate: snapshot.isLate,
  isAttached: snapshot.departure == null,
  departure: snapshot.departure,
);
