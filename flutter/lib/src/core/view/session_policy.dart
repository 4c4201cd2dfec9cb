/// What is done when the system takes the audio away, or gives it back: decided here, carried out
/// by `UtterAudioSession`.
///
/// Pure Dart, so that every order of events can be tested without a phone. Phones tell of
/// interruptions (a call, another app), of headphones that were pulled out, and of others that want
/// to be heard over this app.
library;

/// Something that the system tells of its audio.
sealed class AudioSessionEvent {
  const AudioSessionEvent();
}

/// Somebody else is heard now.
final class InterruptionBegan extends AudioSessionEvent {
  /// An interruption.
  const InterruptionBegan({this.mayDuck = false, this.isPermanent = false});

  /// Whether it would be enough to be quieter.
  final bool mayDuck;

  /// Whether nothing will be told of its end: another app plays from now on.
  final bool isPermanent;
}

/// The one who interrupted is done.
final class InterruptionEnded extends AudioSessionEvent {
  /// An end.
  const InterruptionEnded({required this.shouldResume});

  /// Whether the system thinks that one should go on.
  final bool shouldResume;
}

/// What was listened to is gone: headphones were pulled out, and the loudspeaker would be heard by
/// everybody.
final class OutputUnplugged extends AudioSessionEvent {
  /// The news.
  const OutputUnplugged();
}

/// Audio goes another way; nothing has to be done, the engine follows by itself.
final class RouteChanged extends AudioSessionEvent {
  /// The news.
  const RouteChanged();
}

/// The system's audio service was restarted: a session must be configured and activated again.
final class AudioServicesReset extends AudioSessionEvent {
  /// The news.
  const AudioServicesReset();
}

/// The event that the platform's part of the package has sent as a map; null for one that is not
/// known here.
AudioSessionEvent? audioSessionEventOf(Object? message) {
  if (message is! Map<Object?, Object?>) {
    return null;
  }
  bool flag(String name) => message[name] == true;
  return switch (message['kind']) {
    'interruptionBegan' => InterruptionBegan(
      mayDuck: flag('mayDuck'),
      isPermanent: flag('isPermanent'),
    ),
    'interruptionEnded' => InterruptionEnded(shouldResume: flag('shouldResume')),
    'outputUnplugged' => const OutputUnplugged(),
    'routeChanged' => const RouteChanged(),
    'reset' => const AudioServicesReset(),
    _ => null,
  };
}

/// What an app wants to happen then.
final class AudioSessionPolicy {
  /// A policy; the defaults are those that suit something that reads aloud.
  const AudioSessionPolicy({
    this.pausesForInterruptions = true,
    this.resumesAfterInterruptions = true,
    this.pausesWhenUnplugged = true,
    this.duckedVolume,
    this.ducksOthers = true,
    this.mixesWithOthers = false,
    this.isSpokenAudio = true,
    this.isTransient = true,
  });

  /// Whether speech is paused when somebody else is heard. If not, it goes on as far as the system
  /// lets it.
  final bool pausesForInterruptions;

  /// Whether it goes on afterwards by itself, if the system agrees and the user did not pause it.
  final bool resumesAfterInterruptions;

  /// Whether speech is paused when headphones are pulled out. It does not go on by itself then.
  final bool pausesWhenUnplugged;

  /// How loud speech is while another is heard over it, from 0 to 1; null has it paused, as words
  /// that are half heard are lost.
  final double? duckedVolume;

  /// Whether others become quieter while this app speaks, and are not paused.
  final bool ducksOthers;

  /// Whether others go on as loud as they are; on iOS.
  final bool mixesWithOthers;

  /// Whether what is played is speech, which the system treats differently from music; on iOS.
  final bool isSpokenAudio;

  /// Whether this app speaks for moments only (an answer, a direction), so that others go on
  /// afterwards; else, as for a book, they are over. On Android.
  final bool isTransient;
}

/// Something to be done.
enum AudioSessionAction {
  /// Everything is paused.
  pause,

  /// It goes on.
  resume,

  /// The volume of everything is lowered to [AudioSessionPolicy.duckedVolume].
  duck,

  /// The volume is what it was.
  unduck,

  /// The session is configured again.
  configure,
}

/// What was taken away so far, and hence what is to be done next.
final class AudioSessionDecisions {
  /// Nothing has happened yet.
  AudioSessionDecisions(this.policy);

  /// What the app wants.
  final AudioSessionPolicy policy;

  bool _hasPaused = false;
  bool _hasDucked = false;

  /// Whether something that was paused here still is.
  bool get hasPaused => _hasPaused;

  /// What is to be done about [event]; [isPaused] says whether everything is paused already, by the
  /// user.
  List<AudioSessionAction> decide(AudioSessionEvent event, {required bool isPaused}) {
    switch (event) {
      case InterruptionBegan(mayDuck: true) when policy.duckedVolume != null:
        return _duck();
      case InterruptionBegan(:final isPermanent) when policy.pausesForInterruptions:
        return _pause(isPaused: isPaused, isForGood: isPermanent);
      case InterruptionEnded(:final shouldResume):
        return _ended(shouldResume: shouldResume, isPaused: isPaused);
      case OutputUnplugged() when policy.pausesWhenUnplugged:
        return _pause(isPaused: isPaused, isForGood: true);
      case AudioServicesReset():
        return const [AudioSessionAction.configure];
      case InterruptionBegan() || OutputUnplugged() || RouteChanged():
        return const [];
    }
  }

  /// The user has paused or resumed everything: what follows is his.
  void userDecided() => _hasPaused = false;

  List<AudioSessionAction> _pause({required bool isPaused, required bool isForGood}) {
    // The end of a telephone call does not resume what the user had paused before it; and after
    // others have taken over, or headphones were pulled out, only the user does.
    _hasPaused = !isForGood && (_hasPaused || !isPaused);
    return isPaused ? const [] : const [AudioSessionAction.pause];
  }

  List<AudioSessionAction> _duck() {
    if (_hasDucked) {
      return const [];
    }
    _hasDucked = true;
    return const [AudioSessionAction.duck];
  }

  List<AudioSessionAction> _ended({required bool shouldResume, required bool isPaused}) {
    final resumes = _hasPaused && isPaused && shouldResume && policy.resumesAfterInterruptions;
    final unducks = _hasDucked;
    _hasPaused = false;
    _hasDucked = false;
    return [if (unducks) AudioSessionAction.unduck, if (resumes) AudioSessionAction.resume];
  }
}
