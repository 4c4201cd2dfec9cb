/// What becomes of an utterance: its end, its streams, and events that come before the reply of the
/// call that asked for it.
library;

import 'dart:async';

import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/player_events.dart' show PlayerEventKind, TextSpan;

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  late FakeBridge bridge;
  late UtterPlayer player;

  setUp(() async => (bridge, player) = await startPlayer());
  tearDown(() => player.dispose());

  group('the end', () {
    test('finished', () async {
      final utterance = await player.speak('one two');
      expect(utterance.isDone, isFalse);
      bridge.client
        ..queued(utterance.id)
        ..started(utterance.id)
        ..finished(utterance.id);
      expect(await utterance.done, const UtteranceFinished());
      expect(await utterance.started, isTrue);
      expect(utterance.isDone, isTrue);
    });

    test('stopped, with what was heard and what was not', () async {
      final utterance = await player.speak('one two');
      bridge.client
        ..queued(utterance.id)
        ..started(utterance.id)
        ..stopped(utterance.id, text: 'one two', heard: 3);
      final outcome = await utterance.done;
      final heard = (outcome as UtteranceStopped).heard;
      expect(heard.time, const Duration(milliseconds: 500));
      expect(heard.text.of('one two'), 'one');
      expect(heard.word?.of('one two'), 'one');
      expect(heard.isWordWhole, isTrue);
      expect(heard.unheard.of('one two'), ' two');
      expect(heard.unheardText, ' two');
    });

    test('failed', () async {
      final utterance = await player.speak('one two');
      bridge.client
        ..queued(utterance.id)
        ..send(
          PlayerEventKind.failed,
          utterance: utterance.id,
          error: bridgeError(ErrorReason.damagedArtifacts),
        );
      expect(await reasonOf(utterance.done), ErrorReason.damagedArtifacts);
      expect(await utterance.started, isFalse);
    });

    test('that nobody asks for raises nothing', () async {
      final utterance = await player.speak('one two');
      bridge.client
        ..queued(utterance.id)
        ..send(
          PlayerEventKind.failed,
          utterance: utterance.id,
          error: bridgeError(ErrorReason.tvm),
        );
      // An error that nobody catches would fail this test.
      await pump();
      expect(utterance.isDone, isTrue);
    });

    test('is told once, whatever follows', () async {
      final utterance = await player.speak('one two');
      bridge.client
        ..queued(utterance.id)
        ..finished(utterance.id)
        ..stopped(utterance.id)
        ..started(utterance.id)
        ..word(utterance.id, 0, 3);
      await pump();
      expect(await utterance.done, const UtteranceFinished());
      expect(await utterance.started, isFalse);
    });
  });

  group('events and the reply', () {
    test('all events before the reply', () async {
      final reply = bridge.hold('speak');
      final asked = player.speak('one two');
      await pump();
      bridge.client
        ..queued(1)
        ..started(1)
        ..word(1, 0, 3)
        ..finished(1);
      await pump();
      reply.complete();
      final utterance = await asked;
      expect(utterance.id, 1);
      expect(await utterance.done, const UtteranceFinished());
      expect(await utterance.started, isTrue);
    });

    test('some events before the reply, the others behind it', () async {
      final reply = bridge.hold('speak');
      final asked = player.speak('one two');
      await pump();
      bridge.client.queued(1);
      await pump();
      reply.complete();
      final utterance = await asked;
      final words = utterance.words.toList();
      bridge.client
        ..started(1)
        ..word(1, 0, 3)
        ..word(1, 4, 7)
        ..finished(1);
      expect((await words).map((word) => word.of('one two')).toList(), ['one', 'two']);
    });

    test('a failed call leaves nothing behind', () async {
      bridge.failNext('speak', bridgeError(ErrorReason.invalidVoice));
      expect(await reasonOf(player.speak('text', voice: 'nobody')), ErrorReason.invalidVoice);
      final utterance = await player.speak('text');
      bridge.client
        ..queued(utterance.id)
        ..finished(utterance.id);
      expect(await utterance.done, const UtteranceFinished());
    });

    test('replies that overtake each other go to whom they belong', () async {
      final first = bridge.hold('speak');
      final second = bridge.hold('speak');
      final one = player.speak('one');
      final two = player.speak('two');
      await pump();
      second.complete();
      expect((await two).id, 2);
      first.complete();
      expect((await one).id, 1);
      bridge.client
        ..queued(1)
        ..queued(2)
        ..stopped(1)
        ..finished(2);
      expect(await (await two).done, const UtteranceFinished());
      expect(await (await one).done, isA<UtteranceStopped>());
    });
  });

  group('streams', () {
    test('have each kind of event, with places that substring takes', () async {
      const text = '😀 two';
      final utterance = await player.speak(text);
      final words = utterance.words.toList();
      final sentences = utterance.sentences.toList();
      final phonemes = utterance.phonemes.toList();
      final visemes = utterance.visemes.toList();
      final bookmarks = utterance.bookmarks.toList();
      final progress = utterance.progress.toList();
      const span = TextSpan(start: 3, end: 6, utf8Start: 5);
      final id = utterance.id;
      bridge.client
        ..queued(id)
        ..started(id)
        ..send(PlayerEventKind.sentence, utterance: id, text: span, time: 10)
        ..send(PlayerEventKind.word, utterance: id, text: span, time: 20, end: 30)
        ..send(PlayerEventKind.phoneme, utterance: id, text: span, name: 't', time: 21, end: 22)
        ..send(PlayerEventKind.viseme, utterance: id, text: span, viseme: 19, time: 23, end: 24)
        ..send(PlayerEventKind.bookmark, utterance: id, text: span, name: 'here', time: 25)
        ..send(PlayerEventKind.progress, utterance: id, heard: 26, made: 100)
        ..send(PlayerEventKind.wordEnd, utterance: id, text: span, time: 30)
        ..finished(id);
      final word = (await words).single;
      expect(word.of(text), 'two');
      expect(word.utf8Start, 5);
      expect(word.time, const Duration(microseconds: 20));
      expect(word.endTime, const Duration(microseconds: 30));
      expect((await sentences).single.time, const Duration(microseconds: 10));
      expect((await phonemes).single.phoneme, 't');
      expect((await phonemes).single.endTime, const Duration(microseconds: 22));
      expect((await visemes).single.viseme, 19);
      expect((await bookmarks).single.name, 'here');
      expect(
        (await progress).single,
        const SpokenProgress(heard: Duration(microseconds: 26), made: Duration(microseconds: 100)),
      );
    });

    test('can be listened to late and often; who comes late gets what follows', () async {
      final utterance = await player.speak('one two');
      final early = utterance.words.toList();
      bridge.client
        ..queued(1)
        ..word(1, 0, 3);
      await pump();
      final late = utterance.words.toList();
      bridge.client
        ..word(1, 4, 7)
        ..finished(1);
      expect(await early, hasLength(2));
      expect(await late, hasLength(1));
      expect(await utterance.words.toList(), isEmpty);
      expect(await utterance.visemes.toList(), isEmpty);
    });

    test('end without an error when it fails', () async {
      final utterance = await player.speak('one two');
      final words = utterance.words.toList();
      bridge.client
        ..queued(1)
        ..send(PlayerEventKind.failed, utterance: 1, error: bridgeError(ErrorReason.output));
      expect(await words, isEmpty);
    });

    test('a listener that throws is reported to its zone, and the others are told', () async {
      final utterance = await player.speak('one two');
      final reported = <Object>[];
      final told = <SpokenWord>[];
      runZonedGuarded(
        () => utterance.words.listen((_) => throw StateError('a mistake of the app')),
        (error, _) => reported.add(error),
      );
      utterance.words.listen(told.add);
      bridge.client
        ..queued(1)
        ..word(1, 0, 3)
        ..word(1, 4, 7)
        ..finished(1);
      await utterance.done;
      await pump();
      expect(told, hasLength(2));
      expect(reported, hasLength(2));
      expect(player.isAttached, isTrue);
    });
  });

  group('stop', () {
    test('cancels it alone, and does nothing once it is over', () async {
      final utterance = await player.speak('one two');
      await utterance.stop();
      expect(bridge.calls, contains('cancel 1'));
      bridge.client
        ..queued(1)
        ..stopped(1);
      await utterance.done;
      await utterance.stop();
      expect(bridge.count('cancel'), 1);
    });

    test('does nothing once the player is gone', () async {
      final utterance = await player.speak('one two');
      bridge.client.isStale = true;
      await utterance.stop();
      expect(player.isAttached, isFalse);
      await utterance.stop();
      expect(bridge.count('cancel'), 1);
    });

    test('tells of an error that is another', () async {
      final utterance = await player.speak('one two');
      bridge.failNext('cancel', bridgeError(ErrorReason.internal));
      expect(await reasonOf(utterance.stop()), ErrorReason.internal);
    });
  });

  test('a clip is one, and says so', () async {
    final clip = await player.playClip(
      'chime.wav',
      gainDb: -6,
      fadeIn: const Duration(milliseconds: 5),
      replaces: true,
      urgent: InterruptMode.discard,
    );
    expect(clip.isClip, isTrue);
    expect(bridge.clip?.path, 'chime.wav');
    expect(bridge.clip?.gainDb, -6.0);
    expect(bridge.clip?.fadeInMicros, 5000);
    expect(bridge.clip?.fadeOutMicros, 0);
    expect(bridge.clip?.replaces, isTrue);
    expect(bridge.clip?.urgent, InterruptMode.discard);
    bridge.client
      ..queued(clip.id, isClip: true)
      ..finished(clip.id);
    expect(await clip.done, const UtteranceFinished());
  });

  test('one of two that is over leaves the other alone', () async {
    final one = await player.speak('one');
    final two = await player.speak('two');
    bridge.client
      ..queued(one.id)
      ..queued(two.id)
      ..stopped(one.id);
    await one.done;
    expect(two.isDone, isFalse);
    bridge.client.finished(two.id);
    expect(await two.done, const UtteranceFinished());
  });
}
