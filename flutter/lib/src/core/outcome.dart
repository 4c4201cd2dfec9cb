/// How an utterance has ended. That it failed is no outcome but an exception.
library;

import 'spoken.dart';

/// The end of an utterance or clip.
sealed class UtteranceOutcome {
  const UtteranceOutcome();
}

/// It was heard to its end.
final class UtteranceFinished extends UtteranceOutcome {
  /// There is no more to say.
  const UtteranceFinished();

  @override
  bool operator ==(Object other) => other is UtteranceFinished;

  @override
  int get hashCode => (UtteranceFinished).hashCode;

  @override
  String toString() => 'UtteranceFinished()';
}

/// It was stopped, skipped or replaced, or its player was disposed of.
final class UtteranceStopped extends UtteranceOutcome {
  /// With how much of it was heard.
  const UtteranceStopped(this.heard);

  /// How much of it was heard.
  final HeardText heard;

  @override
  bool operator ==(Object other) => other is UtteranceStopped && heard == other.heard;

  @override
  int get hashCode => Object.hash(UtteranceStopped, heard);

  @override
  String toString() => 'UtteranceStopped($heard)';
}

/// It is over, but the event that said how was lost: so many waited to be read that some were
/// dropped.
final class UtteranceEndUnknown extends UtteranceOutcome {
  /// There is no more to say.
  const UtteranceEndUnknown();

  @override
  bool operator ==(Object other) => other is UtteranceEndUnknown;

  @override
  int get hashCode => (UtteranceEndUnknown).hashCode;

  @override
  String toString() => 'UtteranceEndUnknown()';
}

/// How much was heard of something that was stopped.
final class HeardText {
  /// With all its parts.
  const HeardText({
    required this.time,
    required this.text,
    required this.unheard,
    required this.unheardText,
    this.word,
    this.isWordWhole = false,
  });

  /// From its beginning.
  final Duration time;

  /// The last word that had begun; null if none had.
  final SpokenRange? word;

  /// Whether that word was heard to its end.
  final bool isWordWhole;

  /// What was heard of the text, in whole words.
  final SpokenRange text;

  /// What was not.
  final SpokenRange unheard;

  /// The same as text: said again, it goes on where this ended.
  final String unheardText;

  @override
  bool operator ==(Object other) =>
      other is HeardText &&
      time == other.time &&
      word == other.word &&
      isWordWhole == other.isWordWhole &&
      text == other.text &&
      unheard == other.unheard &&
      unheardText == other.unheardText;

  @override
  int get hashCode => Object.hash(time, word, isWordWhole, text, unheard, unheardText);

  @override
  String toString() => 'HeardText($text, $time)';
}
