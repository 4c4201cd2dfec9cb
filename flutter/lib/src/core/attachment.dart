/// One attachment of a player: its client in the engine, the events and heartbeats of it, and all
/// that waits for it.
///
/// A player has one at a time, and another after an eviction. An attachment *lives* while commands
/// may be given; it is *gone* when the engine or the app has ended it, and may be told of its last
/// events then; and it is *over* when nothing more will come. What waits for it completes by then,
/// whatever the engine does.
library;

import 'dart:async';

import '../generated/api/error.dart' show ErrorReason;
import '../generated/api/player.dart' as bridge;
import '../generated/api/player_events.dart' as bridge;
import 'errors.dart';
import 'event_feed.dart';
import 'outcome.dart';
import 'player_decoding.dart';
import 'player_event.dart';
import 'player_state.dart';
import 'tracked_utterance.dart';
import 'volume.dart';

/// How long the engine is waited for when an attachment is to end. It takes milliseconds; this is
/// for one that hangs.
const Duration leavePatience = Duration(seconds: 2);

/// Clips that are remembered to be clips, in case they are played again.
const int _rememberedClips = 64;

/// A client of the engine, followed.
final class Attachment {
  Attachment._(this.handle);

  /// Attaches a client. It is to be followed, or left, by whoever gets it.
  static Future<Attachment> open({required String name, required Volume volume}) async =>
      Attachment._(
        await guarded(() => bridge.playerCreateClient(name: name, volume: volumeSetting(volume))),
      );

  /// The client.
  final bridge.ClientHandle handle;

  final Map<int, TrackedUtterance> _utterances = {};
  final Set<int> _clips = {};
  final Set<Completer<void>> _waiting = {};
  final Completer<void> _over = Completer();
  void Function(PlayerEvent event) _onEvent = (_) {};
  void Function() _onGone = () {};
  EventFeed<bridge.PlayerEvent>? _feed;
  Timer? _heartbeats;
  Timer? _deadline;
  bool _isBeating = false;
  bool _isLive = true;
  bool _isLagging = false;
  bool _wasLeft = false;
  bridge.DepartureReason? _departure;

  /// Whether commands may be given.
  bool get isLive => _isLive;

  /// Completes when nothing more will come.
  Future<void> get over => _over.future;

  /// Follows the client, and has it live. [onEvent] is told of each event, later than this call;
  /// [onGone] once, when no more commands may be given.
  void follow({
    required Duration lease,
    required void Function(PlayerEvent event) onEvent,
    required void Function() onGone,
  }) {
    final events = guardedSync(() => bridge.playerEvents(handle: handle));
    _feed = EventFeed(
      events,
      place: _placeOf,
      onEvent: _read,
      onGap:
          (expected, received) => onEvent(PlayerEventsGap(expected: expected, received: received)),
      onError: (error) => onEvent(PlayerWarning(error)),
      onEnd: finish,
    );
    _onEvent = onEvent;
    _onGone = onGone;
    _heartbeats = Timer.periodic(lease ~/ 3, (_) => _beat());
  }

  /// Gives a command. Completes with its reply, or with `staleClient` when the attachment is over
  /// before that.
  Future<T> call<T>(Future<T> Function() command) {
    if (!_isLive) return Future.error(stale(), StackTrace.current);
    final reply = Completer<T>();
    _waiting.add(reply);
    guarded(command).then(
      (value) {
        if (_waiting.remove(reply)) reply.complete(value);
      },
      onError: (Object error, StackTrace trace) {
        final exception = exceptionOf(error);
        if (_isEnd(exception.reason)) _go();
        if (_waiting.remove(reply)) reply.completeError(exception, trace);
      },
    );
    return reply.future;
  }

  /// The same for a command that means nothing once the attachment is gone.
  Future<void> callIfLive(Future<void> Function() command) async {
    if (!_isLive) return;
    try {
      await call(command);
    } on UtterException catch (error) {
      if (!_isEnd(error.reason)) rethrow;
    }
  }

  /// What a command is told that comes too late.
  UtterException stale() =>
      _wasLeft
          ? const UtterException(
            ErrorReason.staleClient,
            'The player was disposed of.',
            'Make another one with Utter.createPlayer.',
          )
          : UtterException(
            ErrorReason.staleClient,
            'The player is not attached any more${_because(_departure)}.',
            'Call reattach() on it, and say again what is still to be said.',
          );

  /// The utterance that a call has asked for and its reply has named.
  TrackedUtterance claim(int id, {required bool isClip}) {
    final utterance = _track(id, isClip: isClip)..isClaimed = true;
    if (_over.isCompleted) utterance.fail(stale());
    if (utterance.isDone) _utterances.remove(id);
    return utterance;
  }

  /// Ends the client, and completes when that was done: what it has queued fades out.
  Future<void> leave() {
    final wasLeft = _wasLeft;
    _wasLeft = true;
    if (wasLeft || _over.isCompleted) return over;
    _go();
    final told = guarded(() => bridge.playerDisposeClient(handle: handle))..ignore();
    if (_feed == null) told.then((_) => finish(), onError: (Object _) => finish());
    return over;
  }

  /// Nothing more will come, or be waited for.
  void finish() {
    if (_over.isCompleted) return;
    _go();
    _deadline?.cancel();
    _feed?.leave();
    _over.complete();
    for (final utterance in [..._utterances.values]) {
      utterance.fail(stale());
    }
    _utterances.clear();
    for (final reply in [..._waiting]) {
      reply.completeError(stale(), StackTrace.current);
    }
    _waiting.clear();
  }

  /// No more commands. What the engine still has to tell is waited for, but not for ever.
  void _go() {
    if (!_isLive) return;
    _isLive = false;
    _heartbeats?.cancel();
    _deadline = Timer(leavePatience, finish);
    _onGone();
  }

  void _beat() {
    if (_isBeating) return;
    _isBeating = true;
    call(() => bridge.playerHeartbeat(handle: handle)).then<void>(
      (_) => _isBeating = false,
      onError: (Object error) {
        _isBeating = false;
        if (_isLive) _onEvent(PlayerWarning(exceptionOf(error)));
      },
    );
  }

  void _read(bridge.PlayerEvent raw) {
    final event = playerEventOf(raw, isClip: _clips.contains);
    if (event == null) return;
    switch (event) {
      case UtteranceEvent():
        _readUtterance(event);
      case PlayerEventsLagged():
        _isLagging = true;
      case PlayerSnapshot(:final state):
        _restore(state);
      case PlayerDeparted(:final reason):
        _departure = reason;
      case PlayerEventsGap() ||
          PlayerWarning() ||
          PlayerPauseChanged() ||
          PlayerVolumeChanged() ||
          PlayerCommandObeyed() ||
          LeaseRunningOut() ||
          LeaseRenewed():
        break;
    }
    _onEvent(event);
    if (_departure != null) finish();
  }

  void _readUtterance(UtteranceEvent event) {
    final id = event.utterance;
    if (event case UtteranceQueued(:final isClip)) {
      _track(id, isClip: isClip);
      if (isClip) _clips.add(id);
      if (_clips.length > _rememberedClips) _clips.remove(_clips.first);
    }
    final utterance = _utterances[id];
    if (utterance == null) return;
    utterance.apply(event);
    if (utterance.isDone && utterance.isClaimed) _utterances.remove(id);
  }

  TrackedUtterance _track(int id, {required bool isClip}) => _utterances.putIfAbsent(
    id,
    () => TrackedUtterance(
      id,
      isClip: isClip,
      stop: () => callIfLive(() => bridge.playerCancel(handle: handle, utterance: id)),
    ),
  );

  /// After events were lost: what a snapshot does not name any more is over.
  void _restore(PlayerState state) {
    for (final utterance in state.utterances) {
      _track(utterance.id, isClip: utterance.isClip).restore(utterance);
    }
    if (state.departure case final departure?) _departure = departure;
    if (!_isLagging) return;
    _isLagging = false;
    _endMissing(state, (utterance) => utterance.wasTold);
    // Of some no event was read yet: either it will be, or it was lost with the end of them. The
    // engine knows by now.
    final untold = {
      for (final utterance in _utterances.values)
        if (!utterance.wasTold) utterance,
    };
    if (untold.isEmpty || !_isLive) return;
    call(() => bridge.playerState(handle: handle)).then(
      (snapshot) => _endMissing(playerStateOf(snapshot), untold.contains),
      onError: (Object _) {}, // The attachment is over, and with it all that was said.
    );
  }

  void _endMissing(PlayerState state, bool Function(TrackedUtterance) isMeant) {
    for (final utterance in [..._utterances.values]) {
      if (!isMeant(utterance) || state.utterance(utterance.id) != null) continue;
      utterance.end(const UtteranceEndUnknown());
      if (utterance.isClaimed) _utterances.remove(utterance.id);
    }
  }
}

(EventPlace, int?) _placeOf(bridge.PlayerEvent event) => switch (event.kind) {
  // With a number it is an event that this version does not know.
  bridge.PlayerEventKind.alive when event.number == null => (EventPlace.aside, null),
  bridge.PlayerEventKind.lagged => (EventPlace.lagged, null),
  bridge.PlayerEventKind.snapshot => (EventPlace.snapshot, event.number),
  _ => (EventPlace.inOrder, event.number),
};

/// Whether an error says that the client is no more.
bool _isEnd(ErrorReason reason) => switch (reason) {
  ErrorReason.staleClient || ErrorReason.notInitialised || ErrorReason.shuttingDown => true,
  ErrorReason.otherConfiguration ||
  ErrorReason.missingArtifacts ||
  ErrorReason.damagedArtifacts ||
  ErrorReason.invalidDevice ||
  ErrorReason.invalidVoice ||
  ErrorReason.invalidInput ||
  ErrorReason.queueFull ||
  ErrorReason.output ||
  ErrorReason.file ||
  ErrorReason.plugin ||
  ErrorReason.tvm ||
  ErrorReason.system ||
  ErrorReason.cancelled ||
  ErrorReason.internal => false,
};

String _because(bridge.DepartureReason? departure) => switch (departure) {
  null => '',
  bridge.DepartureReason.disposed => ': it was disposed of',
  bridge.DepartureReason.leaseExpired => ': the app was held up for longer than its lease',
  bridge.DepartureReason.eventsAbandoned => ': nobody read its events',
  bridge.DepartureReason.hotRestart => ': a hot restart was announced',
  bridge.DepartureReason.shutDown => ': the runtime was shut down',
};
