/// What an app gives back in the background, and takes again on return.
library;

import 'package:test/test.dart';
import 'package:utter/src/core/view/lifecycle_plan.dart';

LifecyclePlan _plan([LifecyclePolicy policy = const LifecyclePolicy()]) => LifecyclePlan(policy);

const _release = [LifecycleAction.releaseMemory, LifecycleAction.releaseOutput];

void main() {
  test('a silent app in the background gives back after a while, and returns', () {
    final plan = _plan();
    expect(plan.enteredBackground(isPaused: false), [LifecycleAction.startTimer]);
    expect(plan.isInBackground, isTrue);
    expect(plan.timerRanOut(isSpeaking: false), _release);
    expect(plan.fellSilent(), isEmpty, reason: 'it has been given back');
    expect(plan.enteredForeground(), [LifecycleAction.stopTimer, LifecycleAction.reattach]);
    expect(plan.isInBackground, isFalse);
  });

  test('one that speaks gives back when it falls silent, once', () {
    final plan = _plan()..enteredBackground(isPaused: false);
    expect(plan.fellSilent(), isEmpty, reason: 'the time is not over');
    expect(plan.timerRanOut(isSpeaking: true), isEmpty);
    expect(plan.fellSilent(), _release);
    expect(plan.fellSilent(), isEmpty);
  });

  test('a timer that comes late, in the foreground, does nothing', () {
    final plan =
        _plan()
          ..enteredBackground(isPaused: false)
          ..enteredForeground();
    expect(plan.timerRanOut(isSpeaking: false), isEmpty);
    expect(plan.fellSilent(), isEmpty);
  });

  test('hidden and then paused is one way into the background', () {
    final plan = _plan()..enteredBackground(isPaused: false);
    expect(plan.enteredBackground(isPaused: false), isEmpty);
    plan.enteredForeground();
    expect(plan.enteredForeground(), isEmpty);
  });

  test('what is paused for the background goes on after it, and what the user paused does not', () {
    const policy = LifecyclePolicy(pausesInBackground: true, releasesAfter: null);
    final plan = _plan(policy);
    expect(plan.enteredBackground(isPaused: false), [LifecycleAction.pause]);
    expect(plan.enteredForeground(), [LifecycleAction.reattach, LifecycleAction.resume]);
    expect(plan.enteredBackground(isPaused: true), isEmpty);
    expect(plan.enteredForeground(), [LifecycleAction.reattach]);
  });

  test('memory is given back when the system wants it, but not from under what is said', () {
    expect(_plan().memoryPressure(isSpeaking: false), [LifecycleAction.releaseMemory]);
    expect(_plan().memoryPressure(isSpeaking: true), isEmpty);
    const keeps = LifecyclePolicy(releasesOnMemoryPressure: false);
    expect(_plan(keeps).memoryPressure(isSpeaking: false), isEmpty);
  });
}
