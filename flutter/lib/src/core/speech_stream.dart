/// Speech of a text that is still being written, such as the answer of a language model.
library;

import 'utterance.dart';

/// A text that is said while it is written.
///
/// Pieces can be cut anywhere. Calls take effect in the order in which they were made, awaited or
/// not.
abstract interface class SpeechStream {
  /// What is said: its words, its end, and `stop`.
  Utterance get utterance;

  /// Adds a piece. Completes when the engine has taken it.
  ///
  /// Throws an `UtterException`: `queueFull` if too much waits to be said, and nothing of the piece
  /// was taken; `cancelled` if the utterance is over; `invalidInput` after [finish]. [addStream]
  /// deals with the first two by itself.
  Future<void> add(String piece);

  /// Adds all that [pieces] has, and waits whenever too much waits to be said; the source is paused
  /// meanwhile. Completes when all of it was taken, or the utterance is over: then the source is
  /// cancelled. An error of the source comes out as it is, and what came before it is said. Does
  /// not [finish].
  Future<void> addStream(Stream<String> pieces);

  /// Says that nothing more will come: what is there is said to its end.
  Future<void> finish();

  /// Ends the utterance. What was not added yet is dropped.
  Future<void> cancel();
}
