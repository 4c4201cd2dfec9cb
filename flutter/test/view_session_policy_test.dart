/// What is done when the system takes the audio away.
library;

import 'package:test/test.dart';
import 'package:utter/src/core/view/session_policy.dart';

AudioSessionDecisions _decisions([AudioSessionPolicy policy = const AudioSessionPolicy()]) =>
    AudioSessionDecisions(policy);

const _pause = [AudioSessionAction.pause];
const _resume = [AudioSessionAction.resume];

void main() {
  test('a call pauses, and its end resumes', () {
    final decisions = _decisions();
    expect(decisions.decide(const InterruptionBegan(), isPaused: false), _pause);
    expect(decisions.hasPaused, isTrue);
    expect(
      decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: true),
      _resume,
    );
    expect(decisions.hasPaused, isFalse);
  });

  test('what the user has paused stays paused', () {
    final decisions = _decisions();
    expect(decisions.decide(const InterruptionBegan(), isPaused: true), isEmpty);
    expect(
      decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: true),
      isEmpty,
    );
  });

  test('a user who presses a button in between decides', () {
    final decisions = _decisions()..decide(const InterruptionBegan(), isPaused: false);
    decisions.userDecided();
    expect(
      decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: true),
      isEmpty,
    );
  });

  test('two interruptions in a row are ended by one end', () {
    final decisions = _decisions();
    decisions.decide(const InterruptionBegan(), isPaused: false);
    expect(decisions.decide(const InterruptionBegan(), isPaused: true), isEmpty);
    expect(
      decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: true),
      _resume,
    );
  });

  test('nothing resumes after another app took over, or against the advice of the system', () {
    for (final (began, shouldResume) in [
      (const InterruptionBegan(isPermanent: true), true),
      (const InterruptionBegan(), false),
    ]) {
      final decisions = _decisions();
      expect(decisions.decide(began, isPaused: false), _pause);
      expect(
        decisions.decide(InterruptionEnded(shouldResume: shouldResume), isPaused: true),
        isEmpty,
      );
    }
  });

  test('headphones that are pulled out pause for good', () {
    final decisions = _decisions();
    expect(decisions.decide(const OutputUnplugged(), isPaused: false), _pause);
    expect(
      decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: true),
      isEmpty,
    );
  });

  test('who may be quieter is, if the app wants that, and is paused otherwise', () {
    const event = InterruptionBegan(mayDuck: true);
    expect(_decisions().decide(event, isPaused: false), _pause);
    final decisions = _decisions(const AudioSessionPolicy(duckedVolume: 0.3));
    expect(decisions.decide(event, isPaused: false), [AudioSessionAction.duck]);
    expect(decisions.decide(event, isPaused: false), isEmpty, reason: 'it is ducked already');
    expect(decisions.decide(const InterruptionEnded(shouldResume: true), isPaused: false), [
      AudioSessionAction.unduck,
    ]);
  });

  test('a policy that wants nothing done has nothing done', () {
    final decisions = _decisions(
      const AudioSessionPolicy(pausesForInterruptions: false, pausesWhenUnplugged: false),
    );
    for (final event in [
      const InterruptionBegan(),
      const InterruptionEnded(shouldResume: true),
      const OutputUnplugged(),
      const RouteChanged(),
    ]) {
      expect(decisions.decide(event, isPaused: false), isEmpty, reason: '$event');
    }
  });

  test('a system that was restarted is told again', () {
    expect(_decisions().decide(const AudioServicesReset(), isPaused: false), [
      AudioSessionAction.configure,
    ]);
  });

  test('messages of the platforms are understood, others are not', () {
    final began = audioSessionEventOf({
      'kind': 'interruptionBegan',
      'mayDuck': true,
      'isPermanent': false,
    });
    expect(began, isA<InterruptionBegan>());
    expect((began! as InterruptionBegan).mayDuck, isTrue);
    final ended = audioSessionEventOf({'kind': 'interruptionEnded', 'shouldResume': true});
    expect((ended! as InterruptionEnded).shouldResume, isTrue);
    expect(audioSessionEventOf({'kind': 'outputUnplugged'}), isA<OutputUnplugged>());
    expect(audioSessionEventOf({'kind': 'routeChanged'}), isA<RouteChanged>());
    expect(audioSessionEventOf({'kind': 'reset'}), isA<AudioServicesReset>());
    for (final other in <Object?>[
      null,
      'interruptionBegan',
      {'kind': 'later'},
      <Object?, Object?>{},
    ]) {
      expect(audioSessionEventOf(other), isNull, reason: '$other');
    }
  });
}
