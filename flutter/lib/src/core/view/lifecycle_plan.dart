/// What an app gives back when it goes to the background or the system is short of memory, and what
/// it takes again on return.
///
/// `UtterLifecycle` tells it what Flutter tells, and carries out what it says. Pure Dart, without a
/// clock: times are given.
library;

/// What an app wants to give back, and when.
final class LifecyclePolicy {
  /// A policy. By default speech goes on in the background, and the voice is dropped after a minute
  /// there in which none was heard.
  const LifecyclePolicy({
    this.releasesAfter = const Duration(minutes: 1),
    this.releasesOnMemoryPressure = true,
    this.pausesInBackground = false,
    this.shutsDownOnExit = true,
  });

  /// How long an app is in the background before the voice's memory and the output are given back;
  /// null keeps them.
  final Duration? releasesAfter;

  /// Whether the voice's memory is given back when the system asks for memory. While something is
  /// said it is kept.
  final bool releasesOnMemoryPressure;

  /// Whether everything is paused in the background, and goes on in the foreground.
  final bool pausesInBackground;

  /// Whether the runtime is shut down when the app is asked to exit, so that what is heard fades
  /// out and is not cut off.
  final bool shutsDownOnExit;
}

/// Something to be done.
enum LifecycleAction {
  /// Everything is paused.
  pause,

  /// It goes on.
  resume,

  /// The voice's memory is given back.
  releaseMemory,

  /// The output is closed, if nothing is to be heard.
  releaseOutput,

  /// A timer of [LifecyclePolicy.releasesAfter] is started.
  startTimer,

  /// That timer is stopped.
  stopTimer,

  /// Players that were evicted meanwhile are attached again.
  reattach,
}

const _release = [LifecycleAction.releaseMemory, LifecycleAction.releaseOutput];

/// Where the app is, and hence what is to be done next.
final class LifecyclePlan {
  /// An app in the foreground.
  LifecyclePlan(this.policy);

  /// What the app wants.
  final LifecyclePolicy policy;

  bool _isInBackground = false;
  bool _hasPaused = false;
  bool _isDue = false;

  /// Whether the app is in the background.
  bool get isInBackground => _isInBackground;

  /// The app is not visible any more; [isPaused] says whether everything was paused already.
  List<LifecycleAction> enteredBackground({required bool isPaused}) {
    if (_isInBackground) {
      return const [];
    }
    _isInBackground = true;
    _hasPaused = policy.pausesInBackground && !isPaused;
    return [
      if (_hasPaused) LifecycleAction.pause,
      if (policy.releasesAfter != null) LifecycleAction.startTimer,
    ];
  }

  /// The timer has run out; [isSpeaking] says whether anything is said or waits to be said, and not
  /// paused.
  List<LifecycleAction> timerRanOut({required bool isSpeaking}) {
    if (!_isInBackground) {
      return const [];
    }
    _isDue = isSpeaking;
    return isSpeaking ? const [] : _release;
  }

  /// Nothing is said any more.
  List<LifecycleAction> fellSilent() {
    if (!_isInBackground || !_isDue) {
      return const [];
    }
    _isDue = false;
    return _release;
  }

  /// The system wants memory.
  List<LifecycleAction> memoryPressure({required bool isSpeaking}) =>
      policy.releasesOnMemoryPressure && !isSpeaking
          ? const [LifecycleAction.releaseMemory]
          : const [];

  /// The app is visible again. Its timers may have stood still, its players may have been evicted;
  /// the voice comes by itself.
  List<LifecycleAction> enteredForeground() {
    if (!_isInBackground) {
      return const [];
    }
    final resumes = _hasPaused;
    _isInBackground = false;
    _hasPaused = false;
    _isDue = false;
    return [
      if (policy.releasesAfter != null) LifecycleAction.stopTimer,
      LifecycleAction.reattach,
      if (resumes) LifecycleAction.resume,
    ];
  }
}
