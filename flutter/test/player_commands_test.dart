/// Commands of a player, as the engine gets them.
library;

import 'package:test/test.dart';
import 'package:utter/core.dart';

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  late FakeBridge bridge;
  late UtterPlayer player;

  setUp(() async => (bridge, player) = await startPlayer());
  tearDown(() => player.dispose());

  test('each reaches the engine with what it says, and completes with its number', () async {
    const word = SpokenWord(
      start: 3,
      end: 6,
      utf8Start: 5,
      time: Duration.zero,
      endTime: Duration.zero,
    );
    expect(await player.pause(), 1);
    expect(await player.resume(), 2);
    expect(await player.stop(), 3);
    expect(await player.stop(how: StopMode.drain), 4);
    expect(await player.skip(), 5);
    expect(await player.seek(const Duration(milliseconds: 1500)), 6);
    expect(await player.seekToWord(word), 7);
    expect(await player.replay(), 8);
    expect(await player.setVolume(const Volume(0.5)), 9);
    expect(await player.position(), const Duration(milliseconds: 1500));
    expect(bridge.calls, [
      'pause',
      'resume',
      'stop fade',
      'stop drain',
      'skip',
      'seek 1500000',
      'seekToWord 5',
      'replay',
      'setVolume 0.5',
      'position',
    ]);
  });

  test('they reach the engine in the order in which they are given, awaited or not', () async {
    final all = [
      player.speak('one'),
      player.pause(),
      player.speak('two'),
      player.resume(),
      player.stop(),
    ];
    expect(bridge.calls, ['speak one', 'pause', 'speak two', 'resume', 'stop fade']);
    await Future.wait(all);
  });

  test('what speak leaves out is left to the engine', () async {
    await player.speak('text');
    final request = bridge.spoken!;
    expect(request.kind, TextKind.markdown);
    expect(
      [
        request.voice,
        request.speed,
        request.language,
        request.lexicon,
        request.recordings,
        request.seed,
        request.noise,
        request.pauses,
        request.urgent,
        request.visemes,
        request.quietMillis,
      ],
      List<Object?>.filled(11, null),
    );
    expect(
      [request.nameEmoji, request.isLenient, request.replaces, request.tellsPhonemes],
      [false, false, false, false],
    );
  });
}
