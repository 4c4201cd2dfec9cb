/// Text that is said while it is written: order, patience when too much waits, and its end from
/// either side.
library;

import 'dart:async';

import 'package:fake_async/fake_async.dart';
import 'package:test/test.dart';
import 'package:utter/core.dart';

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  setUp(FakeBridge.install);

  group('pieces', () {
    test('come in the order in which they were added, awaited or not', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream(text: 'Once ');
      unawaited(speech.add('upon '));
      unawaited(speech.add('a '));
      final finished = speech.finish();
      await finished;
      expect(bridge.calls, ['speakStream Once ', 'pushText upon ', 'pushText a ', 'finishText']);
      await player.dispose();
    });

    test('an addStream that is not awaited is before what comes behind it', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      final source = StreamController<String>();
      final added = speech.addStream(source.stream);
      final last = speech.add('last');
      final finished = speech.finish();
      source
        ..add('one ')
        ..add('two ');
      await pump();
      expect(bridge.pieces(1), ['one ', 'two ']);
      await source.close();
      await Future.wait([added, last, finished]);
      expect(bridge.pieces(1), ['one ', 'two ', 'last']);
      expect(bridge.calls.last, 'finishText');
      await player.dispose();
    });

    test('a character that is cut in two is put together', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      final smile = '😀'.split('');
      await speech.add('a${smile.first}');
      await speech.add('${smile.last}b');
      await speech.add(smile.first);
      await speech.add(smile.last);
      expect(bridge.pieces(1), ['a', '😀b', '😀']);
      await player.dispose();
    });

    test('the half of one that never came is given when the text is finished', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      await speech.add('😀'.substring(0, 1));
      expect(bridge.pieces(1), isEmpty);
      await speech.finish();
      expect(bridge.pieces(1), ['😀'.substring(0, 1)]);
      await player.dispose();
    });
  });

  group('when too much waits', () {
    test('add says so, and took nothing', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      await speech.add('😀'.substring(0, 1));
      bridge.failNext('pushText', bridgeError(ErrorReason.queueFull));
      final rest = '${'😀'.substring(1)} two';
      expect(await reasonOf(speech.add(rest)), ErrorReason.queueFull);
      expect(bridge.pieces(1), isEmpty);
      await speech.add(rest);
      expect(bridge.pieces(1), ['😀 two']);
      await player.dispose();
    });

    test('addStream waits, tries again, and holds its source meanwhile', () {
      fakeAsync((time) {
        late FakeBridge bridge;
        late UtterPlayer player;
        startPlayerIn(time, (given) => (bridge, player) = given);
        late SpeechStream speech;
        player.speakStream().then((begun) => speech = begun);
        time.flushMicrotasks();
        for (var i = 0; i < 3; i++) {
          bridge.failNext('pushText', bridgeError(ErrorReason.queueFull));
        }
        final source = StreamController<String>();
        var isDone = false;
        speech.addStream(source.stream).then((_) => isDone = true);
        source
          ..add('one ')
          ..add('two ');
        time.flushMicrotasks();
        expect(bridge.count('pushText'), 1);
        expect(source.isPaused, isTrue);
        time.elapse(const Duration(milliseconds: 299));
        expect(bridge.count('pushText'), 3);
        expect(bridge.pieces(1), isEmpty);
        time.elapse(const Duration(milliseconds: 1));
        expect(bridge.pieces(1), ['one ', 'two ']);
        expect(source.isPaused, isFalse);
        source.close();
        time.flushMicrotasks();
        expect(isDone, isTrue);
        player.dispose();
        shutDownIn(time);
        expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
      });
    });

    test('addStream waits no longer than the utterance', () {
      fakeAsync((time) {
        late FakeBridge bridge;
        late UtterPlayer player;
        startPlayerIn(time, (given) => (bridge, player) = given);
        late SpeechStream speech;
        player.speakStream().then((begun) => speech = begun);
        time.flushMicrotasks();
        bridge.failNext('pushText', bridgeError(ErrorReason.queueFull));
        final source = StreamController<String>();
        var isDone = false;
        speech.addStream(source.stream).then((_) => isDone = true);
        source.add('one ');
        time.flushMicrotasks();
        bridge.client
          ..queued(1)
          ..stopped(1);
        time.flushMicrotasks();
        expect(isDone, isTrue);
        expect(source.hasListener, isFalse);
        time.elapse(const Duration(seconds: 1));
        expect(bridge.count('pushText'), 1);
        player.dispose();
        shutDownIn(time);
        expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
      });
    });
  });

  group('the end', () {
    test('from the engine ends an addStream whose source is silent, and cancels it', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      var isCancelled = false;
      final source = StreamController<String>(onCancel: () => isCancelled = true);
      final added = speech.addStream(source.stream);
      bridge.client
        ..queued(1)
        ..stopped(1);
      await added;
      expect(isCancelled, isTrue);
      expect(await reasonOf(speech.add('more')), ErrorReason.cancelled);
      await speech.finish();
      await speech.addStream(Stream.value('more'));
      expect(bridge.count('pushText'), 0);
      expect(bridge.count('finishText'), 0);
      await player.dispose();
    });

    test('that only the engine knows of is quiet in addStream, and told by add', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      bridge.failNext('pushText', bridgeError(ErrorReason.cancelled));
      await speech.addStream(Stream.fromIterable(['one', 'two']));
      expect(bridge.count('pushText'), 1);
      bridge.failNext('pushText', bridgeError(ErrorReason.cancelled));
      expect(await reasonOf(speech.add('three')), ErrorReason.cancelled);
      await player.dispose();
    });

    test('by cancel drops what was not added yet', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      final reply = bridge.hold('pushText');
      final first = speech.add('first');
      final second = reasonOf(speech.add('second'));
      await speech.cancel();
      reply.complete();
      await first;
      expect(await second, ErrorReason.cancelled);
      expect(bridge.pieces(1), ['first']);
      expect(bridge.calls, contains('cancel 1'));
      await player.dispose();
    });

    test('by disposal of the player is quiet', () async {
      final (_, player) = await startPlayer();
      final speech = await player.speakStream();
      final source = StreamController<String>();
      final added = speech.addStream(source.stream);
      await player.dispose();
      await added;
      expect(source.hasListener, isFalse);
      await speech.finish();
      await speech.cancel();
      expect(await reasonOf(speech.utterance.done), ErrorReason.staleClient);
    });
  });

  group('an error', () {
    test('of the source comes out as it is, and what came before it was taken', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      final source = StreamController<String>()
        ..add('one')
        ..addError(StateError('the model has failed'))
        ..add('two');
      expect(await errorOf(speech.addStream(source.stream)), isA<StateError>());
      expect(bridge.pieces(1), ['one']);
      await speech.add('three');
      expect(bridge.pieces(1), ['one', 'three']);
      await player.dispose();
    });

    test('of the engine ends addStream with it', () async {
      final (bridge, player) = await startPlayer();
      final speech = await player.speakStream();
      bridge.failNext('pushText', bridgeError(ErrorReason.invalidInput));
      final added = speech.addStream(Stream.fromIterable(['one', 'two']));
      expect(await reasonOf(added), ErrorReason.invalidInput);
      expect(bridge.count('pushText'), 1);
      await player.dispose();
    });
  });

  test('what is asked for reaches the engine', () async {
    final (bridge, player) = await startPlayer();
    await player.speakStream(
      text: 'text',
      voice: 'af_heart',
      speed: 1.5,
      language: 'en-GB',
      kind: TextKind.verbatim,
      replaces: true,
      urgent: InterruptMode.resume,
      options: const SpeechOptions(
        quiet: Duration(milliseconds: 250),
        seed: 7,
        noise: 0.5,
        nameEmoji: true,
        isLenient: true,
        lexicon: 'lexicon',
        recordings: 'folder',
        phonemes: true,
        visemes: VisemeSetName.oculus,
        pauses: Pauses(sentence: Duration(milliseconds: 500)),
      ),
    );
    final request = bridge.spoken!;
    expect(request.text, 'text');
    expect(request.voice, 'af_heart');
    expect(request.speed, 1.5);
    expect(request.language, 'en-GB');
    expect(request.kind, TextKind.verbatim);
    expect(request.replaces, isTrue);
    expect(request.urgent, InterruptMode.resume);
    expect(request.quietMillis, 250);
    expect(request.seed, 7);
    expect(request.noise, 0.5);
    expect(request.nameEmoji, isTrue);
    expect(request.isLenient, isTrue);
    expect(request.lexicon, 'lexicon');
    expect(request.recordings, 'folder');
    expect(request.tellsPhonemes, isTrue);
    expect(request.visemes, VisemeSetName.oculus);
    expect(request.pauses?.sentenceMicros, 500000);
    expect(request.pauses?.clauseMicros, 150000);
    await player.dispose();
  });
}
