/// Something that was asked to be said, or a sound file to be played: what becomes of it, as
/// futures and streams.
library;

import 'outcome.dart';
import 'spoken.dart';

/// An utterance or clip of a player.
///
/// Nothing has to be listened to. Its streams can be listened to at any time and often; whoever
/// comes late gets what follows. They end when it is over, and never with an error: how it ended,
/// [done] tells.
abstract interface class Utterance {
  /// Its number, unlike that of any other in this process.
  int get id;

  /// Whether it is a sound file.
  bool get isClip;

  /// Whether it is over: [done] is complete.
  bool get isDone;

  /// Completes when it is over, with how; with an `UtterException` if it failed, of reason
  /// `staleClient` if its player is gone and how far it was heard was not told. If nobody listens
  /// nothing is thrown anywhere.
  Future<UtteranceOutcome> get done;

  /// Completes when it begins to be heard, with true; with false if it is over before. Never with
  /// an error.
  Future<bool> get started;

  /// Words, each when it begins to be heard.
  Stream<SpokenWord> get words;

  /// Sentences, each when it begins to be heard.
  Stream<SpokenSentence> get sentences;

  /// Phonemes, each when it begins, if they were asked for (`SpeechOptions.phonemes`).
  Stream<SpokenPhoneme> get phonemes;

  /// Visemes, each when it begins, if they were asked for (`SpeechOptions.visemes`).
  Stream<SpokenViseme> get visemes;

  /// Places that markup has named, each when it is reached.
  Stream<SpokenBookmark> get bookmarks;

  /// How far it is, several times a second while it is heard.
  Stream<SpokenProgress> get progress;

  /// Ends it, whether it is heard or waits. Nothing happens if it is over, or its player is gone.
  Future<void> stop();
}
