/// A player: who asks for something to be said, and is told of it.
library;

import '../generated/api/requests.dart' show FileEncoding, InterruptMode, StopMode, TextKind;
import 'file_synthesis.dart';
import 'player_event.dart';
import 'player_state.dart';
import 'speech_options.dart';
import 'speech_stream.dart';
import 'spoken.dart';
import 'utterance.dart';
import 'value.dart';
import 'volume.dart';

/// A client of the runtime with a queue of its own. `Utter.createPlayer` makes one; [dispose] ends
/// it.
///
/// It proves by itself that it lives. If it is evicted all the same, since the app was asleep for
/// longer than its lease, its [state] says so, every command throws `staleClient`, and [reattach]
/// makes it whole again, with an empty queue.
///
/// Commands take effect in the order in which they are given, awaited or not. Every method throws
/// only `UtterException`, and [ArgumentError] for what cannot be meant. Numbers that commands
/// complete with are those of [PlayerCommandObeyed].
abstract interface class UtterPlayer {
  /// Its name, as status and events show it.
  String get name;

  /// Whether it can speak: it is not disposed of and was not evicted.
  bool get isAttached;

  /// Whether it was disposed of.
  bool get isDisposed;

  /// How things stand: queue, pause, volume, attachment.
  UtterValue<PlayerState> get state;

  /// What happens, one after the other. It can be listened to often, and ends when the player is
  /// disposed of.
  Stream<PlayerEvent> get events;

  /// Says [text] after what this player has asked for before. Completes when it is queued; what
  /// becomes of it the [Utterance] tells.
  ///
  /// [voice] is a name or a blend such as `af_heart:0.7,am_adam:0.3`, [speed] the tempo from 0.5 to
  /// 2, [language] a tag such as `en-GB`, by default that of the voice. With [replaces] it stops
  /// what the player has asked for before; with [urgent] it interrupts what is heard of any player,
  /// and says what becomes of that.
  ///
  /// Throws `invalidInput`, `invalidVoice`, `queueFull`, `output` if there has been none for long,
  /// `staleClient`.
  Future<Utterance> speak(
    String text, {
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    bool replaces = false,
    InterruptMode? urgent,
    SpeechOptions options = const SpeechOptions(),
  });

  /// Says a text while it is written, beginning with [text]. Otherwise as [speak], for plain text
  /// and Markdown.
  Future<SpeechStream> speakStream({
    String text = '',
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    bool replaces = false,
    InterruptMode? urgent,
    SpeechOptions options = const SpeechOptions(),
  });

  /// Plays a sound file as if it were an utterance: WAV, FLAC, Ogg Vorbis or MP3. What is wrong
  /// with it `Utterance.done` tells.
  Future<Utterance> playClip(
    String path, {
    double gainDb = 0,
    Duration fadeIn = Duration.zero,
    Duration fadeOut = Duration.zero,
    bool replaces = false,
    InterruptMode? urgent,
  });

  /// Writes speech into a WAV file at [path], beside what is heard. Completes when that has begun.
  Future<FileSynthesis> synthesizeToFile(
    String text,
    String path, {
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    FileEncoding encoding = FileEncoding.pcm16,
    SpeechOptions options = const SpeechOptions(),
  });

  /// Fades out, and leaves the output to others, until it is resumed.
  Future<int> pause();

  /// Goes on where it was paused, when it is its turn.
  Future<int> resume();

  /// Ends all that it has asked for, and a pause of it.
  Future<int> stop({StopMode how = StopMode.fade});

  /// Leaves the utterance that is heard, or would be the next. `invalidInput` if there is none.
  Future<int> skip();

  /// Goes to a time in the utterance that is heard, or was heard last. `invalidInput` if that is
  /// not there.
  Future<int> seek(Duration time);

  /// Goes to a word of the utterance that is heard, or was heard last. `invalidInput` if that is
  /// not there.
  Future<int> seekToWord(SpokenRange word);

  /// Says the last sentence again, and what comes after it. `invalidInput` if there is none.
  Future<int> replay();

  /// Sets its volume, on top of that of the runtime. It keeps it when it is reattached.
  Future<int> setVolume(Volume volume);

  /// How far what is heard is, or was, from its utterance's beginning; null if nothing was.
  Future<Duration?> position();

  /// Attaches again after an eviction, with the same name and volume and an empty queue. Nothing
  /// happens while it is attached.
  Future<void> reattach();

  /// Ends it: what it has queued fades out, and what waits for it completes. Nobody has to await
  /// it; it never throws, and a second time does nothing. No event and no change of the state is
  /// told from the call on, but that it is disposed of.
  Future<void> dispose();
}
