/// How something is said: what `speak`, `speakStream` and `synthesizeToFile` have in common.
library;

import '../generated/api/requests.dart' as bridge;

/// The pauses of an utterance, at the voice's own tempo. What is left out is the engine's own
/// default.
final class Pauses {
  /// Some pauses changed.
  const Pauses({
    this.word = const Duration(milliseconds: 50),
    this.clause = const Duration(milliseconds: 150),
    this.sentence = const Duration(milliseconds: 380),
    this.paragraph = const Duration(milliseconds: 700),
    this.end = const Duration(milliseconds: 100),
  });

  /// Between two words of a clause that is too long.
  final Duration word;

  /// Between two clauses of a sentence.
  final Duration clause;

  /// Between two sentences.
  final Duration sentence;

  /// Between two paragraphs.
  final Duration paragraph;

  /// Behind the last sound.
  final Duration end;
}

/// What is rarely said of an utterance. What is null is the engine's own default.
final class SpeechOptions {
  /// The defaults suit plain text.
  const SpeechOptions({
    this.nameEmoji = false,
    this.lexicon,
    this.isLenient = false,
    this.recordings,
    this.seed,
    this.noise,
    this.pauses,
    this.phonemes = false,
    this.visemes,
    this.quiet,
  });

  /// Whether the names of emoji are said.
  final bool nameEmoji;

  /// The user's own pronunciations: the content of a lexicon file.
  final String? lexicon;

  /// Whether mistakes in markup are passed over, and are no errors.
  final bool isLenient;

  /// The folder of the recordings that SSML may name.
  final String? recordings;

  /// What the source noise is made from: the same seed gives the same audio.
  final int? seed;

  /// The amplitude of the source noise; 0 is none, 1 the model's own.
  final double? noise;

  /// The pauses.
  final Pauses? pauses;

  /// Whether each phoneme is told when it is heard.
  final bool phonemes;

  /// Whether each viseme is told when it is heard, and of which set.
  final bridge.VisemeSetName? visemes;

  /// Of a text that is said while it is written: after so long without a piece what is there is
  /// said; 400 ms by default.
  final Duration? quiet;
}
