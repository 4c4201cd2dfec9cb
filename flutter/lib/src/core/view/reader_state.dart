/// What a screen that speaks a text shows: the text, the word that is heard, which of its buttons
/// can be pressed, and what went wrong. `UtterReader` makes these; widgets only draw them.
library;

import '../../generated/api/player_events.dart' show UtterancePhase;
import '../errors.dart';
import '../player_state.dart';
import '../spoken.dart';

/// What a reader is doing, as a person would say it.
enum ReaderPhase {
  /// Nothing was asked for, or it is over.
  idle,

  /// Something was asked for, and nothing of it is heard yet.
  preparing,

  /// It is heard.
  speaking,

  /// It is paused.
  paused,

  /// Something urgent is heard in its place.
  interrupted,

  /// The player is not attached: it was evicted, or disposed of.
  detached,
}

/// What a reader is doing. It never changes; there is another one after each event.
final class ReaderState {
  /// With all its parts; that of a reader that has said nothing if nothing is given.
  const ReaderState({
    this.text = '',
    this.phase = ReaderPhase.idle,
    this.word,
    this.isOver = false,
    this.isBusy = false,
    this.waiting = 0,
    this.error,
  });

  /// The state of a player that was asked for [utterance] with [text]; null if it was asked for
  /// nothing, or that is over.
  factory ReaderState.of(
    PlayerState player, {
    required String text,
    required int? utterance,
    SpokenRange? lastWord,
    bool isOver = false,
    bool isBusy = false,
    UtterException? error,
  }) {
    final found = utterance == null ? null : player.utterance(utterance);
    return ReaderState(
      text: text,
      phase: _phase(player, found),
      word: found?.word ?? lastWord,
      isOver: isOver,
      isBusy: isBusy,
      waiting: player.utterances.length,
      error: error,
    );
  }

  /// What is said, was said last, or is about to be.
  final String text;

  /// What it is doing.
  final ReaderPhase phase;

  /// The word of [text] that is heard, or was heard last.
  final SpokenRange? word;

  /// Whether [text] was heard to its end.
  final bool isOver;

  /// Whether a command is under way whose answer has not come.
  final bool isBusy;

  /// Utterances that are not over, of this reader's player.
  final int waiting;

  /// What went wrong last, until it is dismissed or something else is asked for.
  final UtterException? error;

  /// Whether a text can be said now.
  bool get canSpeak => phase != ReaderPhase.detached && !isBusy;

  /// Whether there is something to be paused.
  bool get canPause => switch (phase) {
    ReaderPhase.preparing || ReaderPhase.speaking || ReaderPhase.interrupted => true,
    ReaderPhase.idle || ReaderPhase.paused || ReaderPhase.detached => false,
  };

  /// Whether it can go on.
  bool get canResume => phase == ReaderPhase.paused;

  /// Whether there is something to be stopped.
  bool get canStop => phase != ReaderPhase.detached && (waiting > 0 || phase == ReaderPhase.paused);

  /// Whether the player has to be attached again before anything can be said.
  bool get canReattach => phase == ReaderPhase.detached && !isBusy;

  @override
  bool operator ==(Object other) =>
      other is ReaderState &&
      text == other.text &&
      phase == other.phase &&
      word == other.word &&
      isOver == other.isOver &&
      isBusy == other.isBusy &&
      waiting == other.waiting &&
      error == other.error;

  @override
  int get hashCode => Object.hash(text, phase, word, isOver, isBusy, waiting, error);

  @override
  String toString() => 'ReaderState(${phase.name}, word: $word, waiting: $waiting, error: $error)';
}

ReaderPhase _phase(PlayerState player, UtteranceState? utterance) {
  if (!player.isAttached) {
    return ReaderPhase.detached;
  }
  if (player.isPaused) {
    return ReaderPhase.paused;
  }
  return switch ((utterance ?? player.current)?.phase) {
    null => ReaderPhase.idle,
    UtterancePhase.queued || UtterancePhase.preparing => ReaderPhase.preparing,
    UtterancePhase.speaking => ReaderPhase.speaking,
    UtterancePhase.interrupted => ReaderPhase.interrupted,
  };
}
