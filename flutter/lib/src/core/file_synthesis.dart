/// Speech that is written into a file, beside what is heard.
library;

import 'spoken.dart';

/// How far a file is.
final class SynthesisProgress {
  /// With how far.
  const SynthesisProgress({required this.chunks, required this.duration});

  /// Pieces of speech that were written.
  final int chunks;

  /// How long their audio is.
  final Duration duration;

  @override
  bool operator ==(Object other) =>
      other is SynthesisProgress && chunks == other.chunks && duration == other.duration;

  @override
  int get hashCode => Object.hash(chunks, duration);

  @override
  String toString() => 'SynthesisProgress($chunks, $duration)';
}

/// A file that was written.
final class SynthesizedFile {
  /// With what is in it.
  SynthesizedFile({required this.path, required this.duration, required Iterable<SpokenWord> words})
    : words = List.unmodifiable(words);

  /// Where it is.
  final String path;

  /// How long its audio is.
  final Duration duration;

  /// Its words, with their times from the beginning of the file.
  final List<SpokenWord> words;
}

/// A file that is being written.
abstract interface class FileSynthesis {
  /// Its number.
  int get id;

  /// Where it is written.
  String get path;

  /// Completes when the file is there, whole; with an `UtterException` if it will not be: `file` if
  /// it cannot be written, `cancelled` if it was given up, `staleClient` if its player is gone, and
  /// those of the voice. There is no file then, or the one that was there before. If nobody listens
  /// nothing is thrown anywhere.
  Future<SynthesizedFile> get done;

  /// How far it is, asked for [interval] after [interval] while somebody listens. It can be
  /// listened to often, and ends with the file.
  Stream<SynthesisProgress> progress({Duration interval = const Duration(milliseconds: 200)});

  /// Gives it up. Nothing happens if it is over.
  Future<void> cancel();
}
