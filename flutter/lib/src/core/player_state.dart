/// How things stand with a player: what it has asked for, its pause, its volume, whether it is
/// attached.
library;

import '../generated/api/player_events.dart' show DepartureReason, UtterancePhase;
import 'spoken.dart';
import 'volume.dart';

/// An utterance or clip that is not over.
final class UtteranceState {
  /// With all its parts.
  const UtteranceState({
    required this.id,
    required this.isClip,
    required this.phase,
    this.heard = Duration.zero,
    this.made = Duration.zero,
    this.word,
    this.sentence,
  });

  /// Its number, the same as `Utterance.id`.
  final int id;

  /// Whether it is a sound file.
  final bool isClip;

  /// How far it is.
  final UtterancePhase phase;

  /// How much of it was heard.
  final Duration heard;

  /// How much of it is made.
  final Duration made;

  /// The word that is heard, or was heard last.
  final SpokenRange? word;

  /// The sentence that is heard; null until one begins, and after a snapshot.
  final SpokenSentence? sentence;

  /// The same with some parts changed.
  UtteranceState copyWith({
    UtterancePhase? phase,
    Duration? heard,
    Duration? made,
    SpokenRange? word,
    SpokenSentence? sentence,
  }) => UtteranceState(
    id: id,
    isClip: isClip,
    phase: phase ?? this.phase,
    heard: heard ?? this.heard,
    made: made ?? this.made,
    word: word ?? this.word,
    sentence: sentence ?? this.sentence,
  );

  @override
  bool operator ==(Object other) =>
      other is UtteranceState &&
      id == other.id &&
      isClip == other.isClip &&
      phase == other.phase &&
      heard == other.heard &&
      made == other.made &&
      word == other.word &&
      sentence == other.sentence;

  @override
  int get hashCode => Object.hash(id, isClip, phase, heard, made, word, sentence);

  @override
  String toString() => 'UtteranceState($id, ${phase.name}, heard: $heard, made: $made)';
}

/// How things stand with a player. It never changes; there is another one after each event.
final class PlayerState {
  /// With all its parts; that of a player that has asked for nothing if nothing is said.
  PlayerState({
    Iterable<UtteranceState> utterances = const [],
    this.isPaused = false,
    this.volume = const Volume(),
    this.isLate = false,
    this.isAttached = true,
    this.departure,
  }) : utterances = List.unmodifiable(utterances);

  /// What it has asked for and is not over, in the order in which it was asked for.
  final List<UtteranceState> utterances;

  /// Whether it is paused.
  final bool isPaused;

  /// How loud it is.
  final Volume volume;

  /// Whether it was told that its lease runs out. Heartbeats keep that from happening while the app
  /// runs.
  final bool isLate;

  /// Whether it can speak: false once it was disposed of or evicted, until it is reattached.
  final bool isAttached;

  /// Why it is not attached, if that was told.
  final DepartureReason? departure;

  /// What is heard, or was interrupted, or is made to be heard next; null if there is nothing.
  UtteranceState? get current {
    UtteranceState? first(UtterancePhase phase) {
      for (final utterance in utterances) {
        if (utterance.phase == phase) return utterance;
      }
      return null;
    }

    return first(UtterancePhase.speaking) ??
        first(UtterancePhase.interrupted) ??
        first(UtterancePhase.preparing) ??
        utterances.firstOrNull;
  }

  /// Whether something of it is heard; a pause does not change that, see [isPaused].
  bool get isSpeaking => utterances.any((u) => u.phase == UtterancePhase.speaking);

  /// The utterance with this number, if it is not over.
  UtteranceState? utterance(int id) {
    for (final utterance in utterances) {
      if (utterance.id == id) return utterance;
    }
    return null;
  }

  /// The same with some parts changed.
  PlayerState copyWith({
    Iterable<UtteranceState>? utterances,
    bool? isPaused,
    Volume? volume,
    bool? isLate,
    bool? isAttached,
    DepartureReason? departure,
  }) => PlayerState(
    utterances: utterances ?? this.utterances,
    isPaused: isPaused ?? this.isPaused,
    volume: volume ?? this.volume,
    isLate: isLate ?? this.isLate,
    isAttached: isAttached ?? this.isAttached,
    departure: departure ?? this.departure,
  );

  @override
  bool operator ==(Object other) {
    if (other is! PlayerState || other.utterances.length != utterances.length) return false;
    for (var i = 0; i < utterances.length; i++) {
      if (utterances[i] != other.utterances[i]) return false;
    }
    return isPaused == other.isPaused &&
        volume == other.volume &&
        isLate == other.isLate &&
        isAttached == other.isAttached &&
        departure == other.departure;
  }

  @override
  int get hashCode =>
      Object.hash(Object.hashAll(utterances), isPaused, volume, isLate, isAttached, departure);

  @override
  String toString() =>
      'PlayerState($utterances, isPaused: $isPaused, isAttached: $isAttached, '
      'departure: ${departure?.name})';
}
