/// The system's audio session, on phones: asks for the audio before something is heard, gives it
/// back afterwards, and pauses and resumes when the system takes it away.
///
/// The native parts (`AudioFocus.kt`, `AudioSession.swift`) ask and tell; what is done is decided
/// by `AudioSessionDecisions`, by a policy that the app chooses. On a desktop there is no such
/// session, and all of this does nothing.
library;

import 'dart:async';
import 'dart:io';

import 'package:flutter/services.dart';

import '../core/errors.dart';
import '../core/player.dart';
import '../core/utter.dart';
import '../core/view/session_policy.dart';
import '../core/volume.dart';
import '../generated/api/error.dart' show ErrorReason;

/// The audio session of an app that speaks. [attach] makes one; an app has one at most.
final class UtterAudioSession {
  UtterAudioSession._(this.utter, this.policy, this.onError)
    : _decisions = AudioSessionDecisions(policy);

  static const MethodChannel _channel = MethodChannel('utter/audio_session');
  static const EventChannel _eventChannel = EventChannel('utter/audio_session/events');

  /// Configures the session, and begins to follow what the system tells of it. Does not activate it
  /// yet: other apps go on until something is to be heard. [onError] is told what goes wrong later;
  /// speech goes on without the session then.
  ///
  /// Throws an `UtterException` of reason `system` if the platform refuses.
  static Future<UtterAudioSession> attach(
    Utter utter, {
    AudioSessionPolicy policy = const AudioSessionPolicy(),
    void Function(UtterException error)? onError,
  }) async {
    final session = UtterAudioSession._(utter, policy, onError);
    if (isSupported) {
      await session._configure();
      session._subscription = _eventChannel.receiveBroadcastStream().listen((message) {
        final event = audioSessionEventOf(message);
        if (event != null) {
          session._handle(event);
        }
      });
    }
    utter.state.addListener(session._check);
    return session;
  }

  /// Whether this system has audio sessions.
  static bool get isSupported => Platform.isAndroid || Platform.isIOS;

  /// Whose speech it is.
  final Utter utter;

  /// What the app wants.
  final AudioSessionPolicy policy;

  /// Is told what went wrong.
  final void Function(UtterException error)? onError;

  final AudioSessionDecisions _decisions;
  final StreamController<AudioSessionEvent> _events = StreamController.broadcast();
  final Map<UtterPlayer, void Function()> _followed = {};
  StreamSubscription<Object?>? _subscription;
  Timer? _idle;
  Volume? _unducked;
  bool _isActive = false;
  bool _isActivating = false;
  bool? _ownPause;
  bool _wasPaused = false;
  bool _isDisposed = false;

  /// What the system tells. It can be listened to often.
  Stream<AudioSessionEvent> get events => _events.stream;

  /// Whether the audio is this app's now.
  bool get isActive => _isActive;

  /// Asks for the audio; false if the system refuses, as it does during a telephone call. [follow]
  /// does so by itself.
  Future<bool> activate() async {
    if (!isSupported || _isDisposed) {
      return true;
    }
    final granted = await _invoke<bool>('activate', {
      'isTransient': policy.isTransient,
      'ducksOthers': policy.ducksOthers,
    });
    return _isActive = granted ?? false;
  }

  /// Gives the audio back, so that others go on.
  Future<void> deactivate() async {
    _idle?.cancel();
    _idle = null;
    if (isSupported && _isActive) {
      _isActive = false;
      // iOS only lets go of it while no output runs.
      await _attempt(utter.releaseOutput);
      await _invoke<void>('deactivate');
    }
  }

  /// Has the session activated as soon as [player] is asked for something, and given back
  /// [idleAfter] all players that are followed have nothing more to say. Does nothing for one that
  /// is followed already.
  void follow(UtterPlayer player, {Duration idleAfter = const Duration(seconds: 1)}) {
    if (_isDisposed || _followed.containsKey(player)) {
      return;
    }
    void check() => _check(idleAfter);
    _followed[player] = check;
    player.state.addListener(check);
    check();
  }

  /// Follows a player no more.
  void unfollow(UtterPlayer player) {
    final check = _followed.remove(player);
    if (check != null) {
      player.state.removeListener(check);
      _check();
    }
  }

  /// Gives the audio back and ends the session.
  Future<void> dispose() async {
    if (_isDisposed) {
      return;
    }
    utter.state.removeListener(_check);
    for (final MapEntry(:key, :value) in _followed.entries) {
      key.state.removeListener(value);
    }
    _followed.clear();
    await _attempt(deactivate);
    _isDisposed = true;
    await _subscription?.cancel();
    await _events.close();
  }

  Future<void> _configure() => _invoke<void>('configure', {
    'mixesWithOthers': policy.mixesWithOthers,
    'ducksOthers': policy.ducksOthers,
    'isSpokenAudio': policy.isSpokenAudio,
  });

  /// Looks whether the audio is wanted, after each change of a player and of the runtime.
  void _check([Duration idleAfter = const Duration(seconds: 1)]) {
    if (_isDisposed) {
      return;
    }
    _notePause();
    _followed.removeWhere((player, _) => player.isDisposed);
    final wanted =
        !_wasPaused &&
        _followed.keys.any((player) {
          final state = player.state.value;
          return state.utterances.isNotEmpty && !state.isPaused;
        });
    if (wanted) {
      _idle?.cancel();
      _idle = null;
      if (!_isActive && !_isActivating) {
        unawaited(_attempt(_activateOrPause));
      }
    } else if (_isActive && !_decisions.hasPaused) {
      _idle ??= Timer(idleAfter, () => unawaited(_attempt(deactivate)));
    }
  }

  /// A pause that was not asked for here is the user's, and so is its end.
  void _notePause() {
    final isPaused = utter.state.value.isPaused;
    if (isPaused == _wasPaused) {
      return;
    }
    _wasPaused = isPaused;
    if (_ownPause == isPaused) {
      _ownPause = null;
    } else {
      _decisions.userDecided();
    }
  }

  Future<void> _activateOrPause() async {
    _isActivating = true;
    try {
      if (!await activate()) {
        // Nobody tells when it would be granted: the user tries again.
        _handle(const InterruptionBegan(isPermanent: true));
      }
    } finally {
      _isActivating = false;
    }
  }

  void _handle(AudioSessionEvent event) {
    if (_isDisposed) {
      return;
    }
    _events.add(event);
    if (event case InterruptionBegan(isPermanent: true)) {
      _isActive = false;
    }
    for (final action in _decisions.decide(event, isPaused: utter.state.value.isPaused)) {
      unawaited(_attempt(() => _carryOut(action)));
    }
  }

  Future<void> _carryOut(AudioSessionAction action) async {
    switch (action) {
      case AudioSessionAction.pause:
        _ownPause = true;
        await utter.pauseAll();
      case AudioSessionAction.resume:
        // After an interruption the session is not active on iOS.
        if (await activate()) {
          _ownPause = false;
          await utter.resumeAll();
        }
      case AudioSessionAction.duck:
        final volume = utter.state.value.volume;
        _unducked = volume;
        await utter.setVolume(volume.copyWith(level: volume.level * (policy.duckedVolume ?? 1)));
      case AudioSessionAction.unduck:
        final volume = _unducked;
        _unducked = null;
        if (volume != null) {
          await utter.setVolume(volume);
        }
      case AudioSessionAction.configure:
        await _configure();
        if (_isActive) {
          await activate();
        }
    }
  }

  Future<void> _attempt(Future<Object?> Function() command) async {
    try {
      await command();
    } on UtterException catch (error) {
      onError?.call(error);
    }
  }

  static Future<T?> _invoke<T>(String method, [Map<String, Object>? arguments]) async {
    try {
      return await _channel.invokeMethod<T>(method, arguments);
    } on PlatformException catch (error) {
      throw UtterException(
        ErrorReason.system,
        error.message ?? 'The audio session failed (${error.code}).',
        'Check that no other plugin of the app sets the audio session too.',
      );
    } on MissingPluginException {
      throw const UtterException(
        ErrorReason.system,
        'The native part of the package utter is not in this app.',
        'Stop the app and build it anew; a hot restart does not bring in new plugins.',
      );
    }
  }
}
