/// Whatever goes wrong behind the bridge comes out as an UtterException, and what Dart can see to
/// be nonsense as an ArgumentError.
library;

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart' show PanicException;
import 'package:test/test.dart';
import 'package:utter/core.dart';

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  group('an error of the engine', () {
    for (final reason in ErrorReason.values) {
      test('of reason ${reason.name} keeps reason, message and hint', () async {
        final (bridge, player) = await startPlayer();
        bridge.failNext('speak', bridgeError(reason));
        expect(
          await errorOf(player.speak('text')),
          UtterException(reason, 'a message', 'a hint'),
        );
        await player.dispose();
      });
    }

    test('shows all of it as text', () {
      const error = UtterException(ErrorReason.queueFull, 'Too much waits.', 'Wait a little.');
      expect('$error', 'UtterException(queueFull): Too much waits. Wait a little.');
    });

    test('comes out of every call of a player', () async {
      final (bridge, player) = await startPlayer();
      const word = SpokenRange(start: 0, end: 1, utf8Start: 0);
      final calls = <String, Future<Object?> Function()>{
        'speak': () => player.speak('text'),
        'speakStream': () => player.speakStream(),
        'clip': () => player.playClip('clip.wav'),
        'synthesizeToFile': () => player.synthesizeToFile('text', 'file.wav'),
        'pause': player.pause,
        'resume': player.resume,
        'stop': player.stop,
        'skip': player.skip,
        'seek': () => player.seek(Duration.zero),
        'seekToWord': () => player.seekToWord(word),
        'replay': player.replay,
        'setVolume': () => player.setVolume(const Volume()),
        'position': player.position,
      };
      for (final MapEntry(key: name, value: call) in calls.entries) {
        bridge.failNext(name, bridgeError(ErrorReason.output));
        expect(await reasonOf(call()), ErrorReason.output, reason: name);
      }
      expect(player.isAttached, isTrue);
      await player.dispose();
    });

    test('comes out of every call of the runtime', () async {
      final (bridge, utter) = await startRuntime();
      final calls = <String, Future<Object?> Function()>{
        'createClient': utter.createPlayer,
        'playerEvents': utter.createPlayer,
        'warmup': utter.warmUp,
        'releaseMemory': utter.releaseMemory,
        'setDevice': () => utter.setDevice('cpu'),
        'status': utter.status,
        'outputs': utter.outputs,
        'voices': utter.voices,
        'plugins': utter.plugins,
        'installPlugin': () => utter.installPlugin('plugin.zip'),
        'enablePlugin': () => utter.enablePlugin('org.utter.timed'),
        'disablePlugin': () => utter.disablePlugin('org.utter.timed'),
        'reloadPlugin': () => utter.reloadPlugin('org.utter.timed'),
        'uninstallPlugin': () => utter.uninstallPlugin('org.utter.timed'),
        'metrics': utter.metrics,
        'setOutput': () => utter.setOutput(null),
        'releaseOutput': utter.releaseOutput,
        'setRuntimeVolume': () => utter.setVolume(const Volume()),
        'pauseAll': utter.pauseAll,
        'resumeAll': utter.resumeAll,
        'stopAll': utter.stopAll,
        'prepareHotRestart': utter.prepareHotRestart,
        'shutdown': utter.shutdown,
      };
      for (final MapEntry(key: name, value: call) in calls.entries) {
        bridge.failNext(name, bridgeError(ErrorReason.system));
        expect(await reasonOf(call()), ErrorReason.system, reason: name);
      }
      expect(utter.isRunning, isTrue);
      expect(utter.players, isEmpty);
    });
  });

  test('a panic is of reason internal, says so, and leaves the player usable', () async {
    final (bridge, player) = await startPlayer();
    bridge.failNext('speak', PanicException('index out of bounds'));
    final error = await errorOf(player.speak('text')) as UtterException?;
    expect(error?.reason, ErrorReason.internal);
    expect(error?.message, contains('index out of bounds'));
    expect(error?.hint, contains('report'));
    expect((await player.speak('text')).id, greaterThan(0));
    await player.dispose();
  });

  test('anything else that the bridge throws is of reason internal', () async {
    final (bridge, player) = await startPlayer();
    bridge.failNext('pause', StateError('the port is closed'));
    final error = await errorOf(player.pause()) as UtterException?;
    expect(error?.reason, ErrorReason.internal);
    expect(error?.message, contains('the port is closed'));
    await player.dispose();
  });

  test('nonsense is an ArgumentError, and the engine is not asked', () async {
    final (bridge, player) = await startPlayer();
    final utter = Utter.instance;
    final nonsense = <Future<Object?> Function()>[
      () => player.speak('text', speed: 0.4),
      () => player.speak('text', speed: 2.1),
      () => player.speak('text', speed: double.nan),
      () => player.speak('text', options: const SpeechOptions(noise: -1)),
      () => player.speak('text', options: const SpeechOptions(seed: -1)),
      () => player.speak(
        'text',
        options: const SpeechOptions(pauses: Pauses(end: Duration(seconds: -1))),
      ),
      () => player.speakStream(options: const SpeechOptions(quiet: Duration(seconds: -1))),
      () => player.playClip(''),
      () => player.playClip('clip.wav', gainDb: double.nan),
      () => player.playClip('clip.wav', fadeIn: const Duration(seconds: -1)),
      () => player.synthesizeToFile('text', ''),
      () => player.seek(const Duration(microseconds: -1)),
      () => player.setVolume(const Volume(1.1)),
      () => player.setVolume(const Volume(double.nan)),
      () => player.setVolume(const Volume(1, false, -1.5)),
      () => utter.setVolume(const Volume(-0.1)),
      () => utter.installPlugin(''),
      () => utter.createPlayer(volume: const Volume(2)),
      () => Utter.init(const UtterConfig(lease: Duration.zero)),
      () => Utter.restart(const UtterConfig(period: Duration.zero)),
    ];
    for (final call in nonsense) {
      await expectLater(call, throwsArgumentError);
    }
    expect(() => utter.levels(interval: Duration.zero), throwsArgumentError);
    expect(bridge.calls, isEmpty);
    await player.dispose();
  });

  test('without a runtime there is no instance', () async {
    await FakeBridge.install();
    expect(Utter.maybeInstance, isNull);
    expect(
      () => Utter.instance,
      throwsA(
        isA<UtterException>().having((e) => e.reason, 'reason', ErrorReason.notInitialised),
      ),
    );
  });
}
