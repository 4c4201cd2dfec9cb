/// What players ask for, as the bridge takes it. What Dart can see to be nonsense is an
/// [ArgumentError] here; the engine judges the rest.
library;

import '../generated/api/requests.dart';
import 'speech_options.dart';

/// Something to be said.
SpeakRequest speakRequest(
  String text, {
  required String? voice,
  required double? speed,
  required String? language,
  required TextKind kind,
  required SpeechOptions options,
  bool replaces = false,
  InterruptMode? urgent,
  FileEncoding encoding = FileEncoding.pcm16,
}) {
  if (speed != null && !(speed >= 0.5 && speed <= 2)) {
    throw ArgumentError.value(speed, 'speed', 'must be from 0.5 to 2');
  }
  if (options.noise case final noise? when !(noise >= 0 && noise.isFinite)) {
    throw ArgumentError.value(noise, 'options.noise', 'must be 0 or more');
  }
  if (options.seed case final seed? when seed < 0) {
    throw ArgumentError.value(seed, 'options.seed', 'must be 0 or more');
  }
  return SpeakRequest(
    text: text,
    kind: kind,
    voice: voice,
    speed: speed,
    language: language,
    nameEmoji: options.nameEmoji,
    lexicon: options.lexicon,
    isLenient: options.isLenient,
    recordings: options.recordings,
    seed: options.seed,
    noise: options.noise,
    pauses: options.pauses == null ? null : _pauses(options.pauses!),
    replaces: replaces,
    urgent: urgent,
    tellsPhonemes: options.phonemes,
    visemes: options.visemes,
    quietMillis:
        options.quiet == null ? null : _time(options.quiet!, 'options.quiet').inMilliseconds,
    encoding: encoding,
  );
}

PauseSettings _pauses(Pauses pauses) => PauseSettings(
  wordMicros: _time(pauses.word, 'pauses.word').inMicroseconds,
  clauseMicros: _time(pauses.clause, 'pauses.clause').inMicroseconds,
  sentenceMicros: _time(pauses.sentence, 'pauses.sentence').inMicroseconds,
  paragraphMicros: _time(pauses.paragraph, 'pauses.paragraph').inMicroseconds,
  endMicros: _time(pauses.end, 'pauses.end').inMicroseconds,
);

/// A sound file to be played.
ClipRequest clipRequest(
  String path, {
  required double gainDb,
  required Duration fadeIn,
  required Duration fadeOut,
  required bool replaces,
  required InterruptMode? urgent,
}) {
  if (!gainDb.isFinite) throw ArgumentError.value(gainDb, 'gainDb', 'must be a number');
  return ClipRequest(
    path: filePath(path),
    gainDb: gainDb,
    fadeInMicros: _time(fadeIn, 'fadeIn').inMicroseconds,
    fadeOutMicros: _time(fadeOut, 'fadeOut').inMicroseconds,
    replaces: replaces,
    urgent: urgent,
  );
}

/// A path that is not empty.
String filePath(String path) =>
    path.isEmpty ? throw ArgumentError.value(path, 'path', 'must not be empty') : path;

/// A place in time, which cannot be before the beginning.
int placeMicros(Duration time) => _time(time, 'time').inMicroseconds;

/// A time between two looks at something.
Duration pollInterval(Duration interval) =>
    interval > Duration.zero
        ? interval
        : throw ArgumentError.value(interval, 'interval', 'must be longer than nothing');

Duration _time(Duration time, String name) =>
    time.isNegative ? throw ArgumentError.value(time, name, 'must not be negative') : time;
