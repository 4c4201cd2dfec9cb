/// Speech that is written into a file.
library;

import 'package:fake_async/fake_async.dart';
import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/player.dart' show FileProgress, FileReport, FileWord;
import 'package:utter/src/generated/api/player_events.dart' show TextSpan;

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  setUp(FakeBridge.install);

  test('is done with the words of the file and their times', () async {
    final (bridge, player) = await startPlayer();
    bridge.fileReport = const FileReport(
      durationMicros: 1500000,
      words: [
        FileWord(
          text: TextSpan(start: 0, end: 4, utf8Start: 0),
          startMicros: 0,
          endMicros: 200000,
        ),
        FileWord(
          text: TextSpan(start: 8, end: 11, utf8Start: 11),
          startMicros: 300000,
          endMicros: 700000,
        ),
      ],
    );
    final file = await player.synthesizeToFile(
      'éins 😀 two',
      'speech.wav',
      encoding: FileEncoding.float32,
    );
    expect(bridge.spoken?.encoding, FileEncoding.float32);
    expect(file.path, 'speech.wav');
    final written = await file.done;
    expect(written.path, 'speech.wav');
    expect(written.duration, const Duration(milliseconds: 1500));
    expect([for (final word in written.words) word.of('éins 😀 two')], ['éins', 'two']);
    expect(written.words.last.utf8Start, 11);
    expect(written.words.last.time, const Duration(milliseconds: 300));
    expect(written.words.last.endTime, const Duration(milliseconds: 700));
    await file.cancel();
    expect(bridge.count('cancelFile'), 0);
    await player.dispose();
  });

  test('that fails says why, and raises nothing if nobody asks', () async {
    final (bridge, player) = await startPlayer();
    bridge
      ..failNext('file', bridgeError(ErrorReason.file))
      ..failNext('file', bridgeError(ErrorReason.file));
    final asked = await player.synthesizeToFile('text', 'speech.wav');
    await player.synthesizeToFile('text', 'another.wav');
    await pump();
    expect(await reasonOf(asked.done), ErrorReason.file);
    await player.dispose();
  });

  test('is given up by cancel', () async {
    final (bridge, player) = await startPlayer();
    final reply = bridge.hold('file');
    bridge.failNext('file', bridgeError(ErrorReason.cancelled));
    final file = await player.synthesizeToFile('text', 'speech.wav');
    await file.cancel();
    expect(bridge.count('cancelFile'), 1);
    reply.complete();
    expect(await reasonOf(file.done), ErrorReason.cancelled);
    await player.dispose();
  });

  test('ends with its player', () async {
    final (bridge, player) = await startPlayer();
    bridge.hold('file');
    final file = await player.synthesizeToFile('text', 'speech.wav');
    final progress = file.progress().toList();
    await player.dispose();
    expect(await reasonOf(file.done), ErrorReason.staleClient);
    await file.cancel();
    await progress;
  });

  test('tells how far it is while somebody listens, and until it is done', () {
    fakeAsync((time) {
      late FakeBridge bridge;
      late UtterPlayer player;
      startPlayerIn(time, (given) => (bridge, player) = given);
      final reply = bridge.hold('file');
      late FileSynthesis file;
      player.synthesizeToFile('text', 'speech.wav').then((begun) => file = begun);
      time.elapse(const Duration(seconds: 1));
      expect(bridge.count('fileProgress'), 0);

      final told = <SynthesisProgress>[];
      var isOver = false;
      bridge.fileProgress = const FileProgress(chunks: 1, durationMicros: 1000000);
      final stream = file.progress(interval: const Duration(milliseconds: 100));
      var listening = stream.listen(told.add);
      time.flushMicrotasks();
      expect(told.single.chunks, 1);
      expect(told.single.duration, const Duration(seconds: 1));
      bridge.fileProgress = const FileProgress(chunks: 2, durationMicros: 2000000);
      time.elapse(const Duration(milliseconds: 200));
      expect(told, hasLength(3));
      expect(told.last.chunks, 2);

      listening.cancel();
      time.elapse(const Duration(seconds: 1));
      expect(bridge.count('fileProgress'), 3);

      // An answer that fails is none, and one that takes long is waited for.
      bridge.failNext('fileProgress', bridgeError(ErrorReason.invalidInput));
      listening = stream.listen(told.add, onDone: () => isOver = true);
      time.flushMicrotasks();
      expect(told, hasLength(3));
      final slow = bridge.hold('fileProgress');
      time.elapse(const Duration(milliseconds: 500));
      expect(bridge.count('fileProgress'), 5);
      slow.complete();
      time.flushMicrotasks();
      expect(told, hasLength(4));

      reply.complete();
      time.flushMicrotasks();
      expect(isOver, isTrue);
      player.dispose();
      shutDownIn(time);
      expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
    });
  });
}
