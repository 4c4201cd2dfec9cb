/// What each event makes of a player's state: a pure function, the same as the engine's own.
library;

import '../generated/api/player_events.dart' show UtterancePhase;
import 'player_event.dart';
import 'player_state.dart';

/// The state after [event].
PlayerState playerStateAfter(PlayerState state, PlayerEvent event) {
  PlayerState changed(int id, UtteranceState Function(UtteranceState) change) => state.copyWith(
    utterances: [
      for (final utterance in state.utterances) utterance.id == id ? change(utterance) : utterance,
    ],
  );
  PlayerState phase(int id, UtterancePhase phase) =>
      changed(id, (utterance) => utterance.copyWith(phase: phase));
  PlayerState without(int id) => state.copyWith(
    utterances: state.utterances.where((utterance) => utterance.id != id),
  );

  return switch (event) {
    PlayerSnapshot() => event.state,
    UtteranceQueued(:final utterance, :final isClip) => state.copyWith(
      utterances: [
        ...without(utterance).utterances,
        UtteranceState(id: utterance, isClip: isClip, phase: UtterancePhase.queued),
      ],
    ),
    UtterancePrepared(:final utterance) => phase(utterance, UtterancePhase.preparing),
    UtteranceStarted(:final utterance) => phase(utterance, UtterancePhase.speaking),
    UtteranceInterrupted(:final utterance) => phase(utterance, UtterancePhase.interrupted),
    UtteranceResumed(:final utterance) => phase(utterance, UtterancePhase.speaking),
    // The engine's own state forgets what is over. Here it is there again, so that an app can show
    // what is heard.
    UtteranceReplayed(:final utterance, :final from, :final isClip) => state.copyWith(
      utterances: [
        UtteranceState(
          id: utterance,
          isClip: isClip,
          phase: UtterancePhase.speaking,
          heard: from,
        ),
        ...without(utterance).utterances,
      ],
    ),
    SentenceStarted(:final utterance, :final sentence) => changed(
      utterance,
      (state) => state.copyWith(sentence: sentence),
    ),
    WordStarted(:final utterance, :final word) => changed(
      utterance,
      (state) => state.copyWith(word: word),
    ),
    UtteranceProgressed(:final utterance, :final progress) => changed(
      utterance,
      (state) => state.copyWith(heard: progress.heard, made: progress.made),
    ),
    UtteranceDone(:final utterance) || UtteranceFailed(:final utterance) => without(utterance),
    PlayerPauseChanged(:final isPaused) => state.copyWith(isPaused: isPaused),
    PlayerVolumeChanged(:final volume) => state.copyWith(volume: volume),
    LeaseRunningOut() => state.copyWith(isLate: true),
    LeaseRenewed() => state.copyWith(isLate: false),
    PlayerDeparted(:final reason) => state.copyWith(
      utterances: const [],
      isAttached: false,
      departure: reason,
    ),
    WordEnded() ||
    PhonemeStarted() ||
    VisemeStarted() ||
    BookmarkReached() ||
    PlayerCommandObeyed() ||
    PlayerEventsLagged() ||
    PlayerEventsGap() ||
    PlayerWarning() => state,
  };
}
