/// Places in a text, and what is heard there: words, sentences, phonemes, visemes, bookmarks.
///
/// Places are UTF-16 code units as Dart counts them, so that `text.substring(word.start, word.end)`
/// is the word. Times are from the beginning of the utterance, at the voice's tempo and not the
/// listener's: a pause does not count.
library;

/// A part of the text of an utterance.
base class SpokenRange {
  /// From [start] to before [end]; [utf8Start] is [start] in bytes of UTF-8.
  const SpokenRange({required this.start, required this.end, required this.utf8Start});

  /// Where it begins, in UTF-16 code units.
  final int start;

  /// Where it ends.
  final int end;

  /// Where it begins in bytes of UTF-8, as the engine counts.
  final int utf8Start;

  /// Whether there is nothing in it.
  bool get isEmpty => start == end;

  /// The part of [text], which must be the one that was given to be said.
  String of(String text) => text.substring(start, end);

  @override
  bool operator ==(Object other) =>
      other is SpokenRange &&
      runtimeType == other.runtimeType &&
      start == other.start &&
      end == other.end &&
      utf8Start == other.utf8Start;

  @override
  int get hashCode => Object.hash(runtimeType, start, end, utf8Start);

  @override
  String toString() => '$start..$end';
}

/// A word, and when it is heard.
final class SpokenWord extends SpokenRange {
  /// A word with its times.
  const SpokenWord({
    required super.start,
    required super.end,
    required super.utf8Start,
    required this.time,
    required this.endTime,
  });

  /// When it begins.
  final Duration time;

  /// When it ends.
  final Duration endTime;

  @override
  bool operator ==(Object other) =>
      super == other && other is SpokenWord && time == other.time && endTime == other.endTime;

  @override
  int get hashCode => Object.hash(super.hashCode, time, endTime);
}

/// A sentence, and when it begins.
final class SpokenSentence extends SpokenRange {
  /// A sentence with its time.
  const SpokenSentence({
    required super.start,
    required super.end,
    required super.utf8Start,
    required this.time,
  });

  /// When it begins.
  final Duration time;

  @override
  bool operator ==(Object other) =>
      super == other && other is SpokenSentence && time == other.time;

  @override
  int get hashCode => Object.hash(super.hashCode, time);
}

/// A phoneme of the word at this place.
final class SpokenPhoneme extends SpokenRange {
  /// A phoneme with its times.
  const SpokenPhoneme({
    required super.start,
    required super.end,
    required super.utf8Start,
    required this.phoneme,
    required this.time,
    required this.endTime,
  });

  /// The phoneme, as the voice's model writes it.
  final String phoneme;

  /// When it begins.
  final Duration time;

  /// When it ends.
  final Duration endTime;

  @override
  bool operator ==(Object other) =>
      super == other &&
      other is SpokenPhoneme &&
      phoneme == other.phoneme &&
      time == other.time &&
      endTime == other.endTime;

  @override
  int get hashCode => Object.hash(super.hashCode, phoneme, time, endTime);
}

/// A viseme of the word at this place.
final class SpokenViseme extends SpokenRange {
  /// A viseme with its times.
  const SpokenViseme({
    required super.start,
    required super.end,
    required super.utf8Start,
    required this.viseme,
    required this.time,
    required this.endTime,
  });

  /// Its id in the set that was asked for.
  final int viseme;

  /// When it begins.
  final Duration time;

  /// When it ends.
  final Duration endTime;

  @override
  bool operator ==(Object other) =>
      super == other &&
      other is SpokenViseme &&
      viseme == other.viseme &&
      time == other.time &&
      endTime == other.endTime;

  @override
  int get hashCode => Object.hash(super.hashCode, viseme, time, endTime);
}

/// A place that markup has named.
final class SpokenBookmark extends SpokenRange {
  /// A bookmark with its time.
  const SpokenBookmark({
    required super.start,
    required super.end,
    required super.utf8Start,
    required this.name,
    required this.time,
  });

  /// Its name.
  final String name;

  /// When it is reached.
  final Duration time;

  @override
  bool operator ==(Object other) =>
      super == other && other is SpokenBookmark && name == other.name && time == other.time;

  @override
  int get hashCode => Object.hash(super.hashCode, name, time);
}

/// How far an utterance is.
final class SpokenProgress {
  /// How much was heard, and how much is made.
  const SpokenProgress({required this.heard, required this.made});

  /// How much of it was heard.
  final Duration heard;

  /// How much of it is made.
  final Duration made;

  @override
  bool operator ==(Object other) =>
      other is SpokenProgress && heard == other.heard && made == other.made;

  @override
  int get hashCode => Object.hash(heard, made);

  @override
  String toString() => 'SpokenProgress(heard: $heard, made: $made)';
}
