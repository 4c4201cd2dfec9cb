/// Gives memory and output back when an app is not looked at, and makes players whole again when it
/// is.
///
/// An app makes one [UtterLifecycle] beside its `Utter` and keeps it as long. What is done when is
/// decided by `LifecyclePlan`.
///
/// It is not about hot reload or hot restart. At a hot reload (`State.reassemble`) objects live on,
/// players too, and nothing has to be done. At a hot restart the isolate and this object are gone
/// without a word; the new one calls `Utter.init` again.
library;

import 'dart:async';
import 'dart:ui' show AppExitResponse;

import 'package:flutter/widgets.dart';

import '../core/errors.dart';
import '../core/player.dart';
import '../core/utter.dart';
import '../core/view/lifecycle_plan.dart';

/// Follows the app's life for [utter], from its making until [dispose].
final class UtterLifecycle with WidgetsBindingObserver {
  /// Begins to follow. [onError] is told what went wrong when a command was given, such as a player
  /// that cannot be attached again.
  UtterLifecycle(this.utter, {LifecyclePolicy policy = const LifecyclePolicy(), this.onError})
    : _plan = LifecyclePlan(policy) {
    WidgetsBinding.instance.addObserver(this);
  }

  /// What is looked after.
  final Utter utter;

  /// Is told what went wrong.
  final void Function(UtterException error)? onError;

  final LifecyclePlan _plan;
  Timer? _timer;
  List<UtterPlayer> _watched = const [];

  /// Ends it. `Utter` goes on.
  void dispose() {
    WidgetsBinding.instance.removeObserver(this);
    _stopTimer();
  }

  @override
  void didChangeAppLifecycleState(AppLifecycleState state) {
    switch (state) {
      case AppLifecycleState.hidden || AppLifecycleState.paused:
        _carryOut(_plan.enteredBackground(isPaused: utter.state.value.isPaused));
      case AppLifecycleState.resumed || AppLifecycleState.inactive:
        _carryOut(_plan.enteredForeground());
      case AppLifecycleState.detached:
        break;
    }
  }

  @override
  void didHaveMemoryPressure() => _carryOut(_plan.memoryPressure(isSpeaking: _isSpeaking));

  @override
  Future<AppExitResponse> didRequestAppExit() async {
    if (_plan.policy.shutsDownOnExit) {
      await _attempt(utter.shutdown);
    }
    return AppExitResponse.exit;
  }

  bool get _isSpeaking =>
      !utter.state.value.isPaused &&
      utter.players.any((player) {
        final state = player.state.value;
        return state.utterances.isNotEmpty && !state.isPaused;
      });

  void _carryOut(List<LifecycleAction> actions) {
    for (final action in actions) {
      switch (action) {
        case LifecycleAction.pause:
          unawaited(_attempt(utter.pauseAll));
        case LifecycleAction.resume:
          unawaited(_attempt(utter.resumeAll));
        case LifecycleAction.releaseMemory:
          unawaited(_attempt(utter.releaseMemory));
        case LifecycleAction.releaseOutput:
          unawaited(_attempt(utter.releaseOutput));
        case LifecycleAction.startTimer:
          _startTimer();
        case LifecycleAction.stopTimer:
          _stopTimer();
        case LifecycleAction.reattach:
          for (final player in utter.players) {
            unawaited(_attempt(player.reattach));
          }
      }
    }
  }

  void _startTimer() {
    _stopTimer();
    final after = _plan.policy.releasesAfter;
    if (after != null) {
      _timer = Timer(after, () {
        _carryOut(_plan.timerRanOut(isSpeaking: _isSpeaking));
        _watch();
      });
    }
  }

  void _stopTimer() {
    _timer?.cancel();
    _timer = null;
    for (final player in _watched) {
      player.state.removeListener(_checkSilence);
    }
    _watched = const [];
  }

  /// Waits for the end of what is still said.
  void _watch() {
    _watched = utter.players;
    for (final player in _watched) {
      player.state.addListener(_checkSilence);
    }
  }

  void _checkSilence() {
    if (!_isSpeaking) {
      _carryOut(_plan.fellSilent());
    }
  }

  Future<void> _attempt(Future<Object?> Function() command) async {
    try {
      await command();
    } on UtterException catch (error) {
      onError?.call(error);
    }
  }
}
