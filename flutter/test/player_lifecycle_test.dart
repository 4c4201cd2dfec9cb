/// How a player begins and ends: disposal at any moment, eviction, attaching again, two of them at
/// once.
library;

import 'dart:async';

import 'package:fake_async/fake_async.dart';
import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/player_events.dart' show PlayerEventKind;
import 'package:utter/src/generated/api/requests.dart' show VolumeSetting;

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  // Here, where time goes by itself, and not in the time of a test.
  setUp(FakeBridge.install);

  group('making one', () {
    test('attaches a client of its name and volume, and follows it', () async {
      final (bridge, utter) = await startRuntime();
      final player = await utter.createPlayer(name: 'reader', volume: const Volume(0.5));
      expect(bridge.client.name, 'reader');
      expect(bridge.client.volume, const VolumeSetting(level: 0.5, isMuted: false, balance: 0));
      expect(bridge.client.isFollowed, isTrue);
      expect(player.name, 'reader');
      expect(player.isAttached, isTrue);
      expect(player.state.value.volume, const Volume(0.5));
      expect(utter.players, [player]);
      await pump();
      expect(player.state.value, PlayerState(volume: const Volume(0.5)));
      await player.dispose();
      expect(utter.players, isEmpty);
    });

    test('whose events cannot be followed gives the client back', () async {
      final (bridge, utter) = await startRuntime();
      bridge.failNext('playerEvents', bridgeError(ErrorReason.system));
      expect(await reasonOf(utter.createPlayer()), ErrorReason.system);
      await pump();
      expect(bridge.count('disposeClient'), 1);
      expect(utter.players, isEmpty);
    });
  });

  group('dispose', () {
    test('ends the client, once', () async {
      final (bridge, player) = await startPlayer();
      await Future.wait([player.dispose(), player.dispose()]);
      await player.dispose();
      expect(bridge.count('disposeClient'), 1);
      expect(player.isDisposed, isTrue);
      expect(player.isAttached, isFalse);
      expect(player.state.value.isAttached, isFalse);
    });

    test('ends its streams', () async {
      final (_, player) = await startPlayer();
      final events = player.events.toList();
      final states = player.state.stream.toList();
      await player.dispose();
      expect(await events, isEmpty);
      expect((await states).single.isAttached, isFalse);
    });

    test('tells listeners of the state in a microtask, since widgets dispose of it', () async {
      final (_, player) = await startPlayer();
      var changes = 0;
      player.state.addListener(() => changes += 1);
      final disposed = player.dispose();
      expect(changes, 0);
      expect(player.state.value.isAttached, isFalse);
      await disposed;
      expect(changes, 1);
    });

    test('lets no event and no change through from the call on', () async {
      final (bridge, player) = await startPlayer();
      final told = <PlayerEvent>[];
      player.events.listen(told.add);
      bridge.client.endsByItself = false;
      final disposed = player.dispose();
      bridge.client
        ..queued(1)
        ..started(1)
        ..send(PlayerEventKind.paused, isPaused: true)
        ..depart(DepartureReason.disposed);
      await disposed;
      await pump();
      expect(told, isEmpty);
      expect(player.state.value.isPaused, isFalse);
      expect(player.state.value.utterances, isEmpty);
    });

    test('completes what is said, with how much of it was heard', () async {
      final (bridge, player) = await startPlayer();
      final utterance = await player.speak('one two');
      bridge.client
        ..queued(1)
        ..endsByItself = false;
      final disposed = player.dispose();
      bridge.client
        ..stopped(1)
        ..depart(DepartureReason.disposed);
      await disposed;
      expect(await utterance.done, isA<UtteranceStopped>());
    });

    test('completes what is said although nothing tells of it', () async {
      final (bridge, player) = await startPlayer();
      final utterance = await player.speak('one two');
      final words = utterance.words.toList();
      bridge.client.queued(1);
      await pump();
      await player.dispose();
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
      expect(await utterance.started, isFalse);
      expect(await words, isEmpty);
    });

    test('during a speak whose reply comes gives an utterance that is over', () async {
      final (bridge, player) = await startPlayer();
      bridge.client.endsByItself = false;
      final reply = bridge.hold('speak');
      final asked = player.speak('text');
      final disposed = player.dispose();
      await pump();
      reply.complete();
      final utterance = await asked;
      bridge.client.depart(DepartureReason.disposed);
      await disposed;
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
    });

    test('during a speak whose reply never comes ends it', () async {
      final (bridge, player) = await startPlayer();
      bridge.hold('speak');
      final asked = player.speak('text');
      final reason = reasonOf(asked);
      await player.dispose();
      expect(await reason, ErrorReason.staleClient);
    });

    test('leaves nothing waiting although the engine says nothing at all', () async {
      fakeAsync((time) {
        late FakeBridge bridge;
        late UtterPlayer player;
        startPlayerIn(time, (given) => (bridge, player) = given);
        final pending = ['speak', 'pause', 'position', 'file', 'disposeClient'];
        pending.forEach(bridge.hold);
        bridge.client.endsByItself = false;
        final ends = <Object?>[];
        void watch(Future<Object?> future) => errorOf(future).then(ends.add);
        watch(player.speak('text'));
        watch(player.pause());
        watch(player.position());
        player.synthesizeToFile('text', 'file.wav').then((file) => watch(file.done));
        time.flushMicrotasks();
        var isDisposed = false;
        player.dispose().then((_) => isDisposed = true);
        time.elapse(const Duration(milliseconds: 1999));
        expect(isDisposed, isFalse);
        expect(ends, isEmpty);
        time.elapse(const Duration(milliseconds: 1));
        expect(isDisposed, isTrue);
        expect(ends, hasLength(4));
        for (final end in ends) {
          expect(
            end,
            isA<UtterException>().having((e) => e.reason, 'reason', ErrorReason.staleClient),
          );
        }
        expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
        shutDownIn(time);
      });
    });

    test('never throws, and need not be awaited', () async {
      final (bridge, player) = await startPlayer();
      bridge.failNext('disposeClient', bridgeError(ErrorReason.internal));
      bridge.client.endsByItself = false;
      unawaited(player.dispose());
      bridge.client.depart(DepartureReason.disposed);
      await pump();
      expect(player.isDisposed, isTrue);
    });

    test('makes every command throw, and says why', () async {
      final (bridge, player) = await startPlayer();
      final utterance = await player.speak('text');
      await player.dispose();
      bridge.calls.clear();
      final error = await errorOf(player.speak('text')) as UtterException?;
      expect(error?.reason, ErrorReason.staleClient);
      expect(error?.message, contains('disposed'));
      expect(await reasonOf(player.pause()), ErrorReason.staleClient);
      expect(await reasonOf(player.reattach()), ErrorReason.staleClient);
      await utterance.stop();
      expect(bridge.calls, isEmpty);
    });
  });

  group('an eviction', () {
    test('is told by an event, with why', () async {
      final (bridge, player) = await startPlayer();
      final told = <PlayerEvent>[];
      player.events.listen(told.add);
      final utterance = await player.speak('text');
      bridge.client
        ..queued(1)
        ..depart(DepartureReason.leaseExpired);
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
      expect(told.last, isA<PlayerDeparted>());
      expect(player.isAttached, isFalse);
      expect(player.isDisposed, isFalse);
      expect(player.state.value.isAttached, isFalse);
      expect(player.state.value.departure, DepartureReason.leaseExpired);
      final error = await errorOf(player.pause()) as UtterException?;
      expect(error?.message, contains('lease'));
      expect(error?.hint, contains('reattach'));
      await player.dispose();
      expect(bridge.count('disposeClient'), 0);
      final afterwards = await errorOf(player.pause()) as UtterException?;
      expect(afterwards?.message, contains('disposed'));
    });

    for (final reason in [
      ErrorReason.staleClient,
      ErrorReason.notInitialised,
      ErrorReason.shuttingDown,
    ]) {
      test('is found by a command that is refused with ${reason.name}', () async {
        final (bridge, player) = await startPlayer();
        bridge.failNext('pause', bridgeError(reason));
        expect(await reasonOf(player.pause()), reason);
        expect(player.isAttached, isFalse);
        expect(player.state.value.isAttached, isFalse);
        // The event that says why may come later.
        bridge.client.depart(DepartureReason.hotRestart);
        await pump();
        expect(player.state.value.departure, DepartureReason.hotRestart);
        await player.dispose();
      });
    }
  });

  group('reattach', () {
    test('makes it whole again, with its name and volume and an empty queue', () async {
      final (bridge, player) = await startPlayer();
      final told = <PlayerEvent>[];
      player.events.listen(told.add);
      await player.setVolume(const Volume(0.5));
      bridge.client
        ..queued(1)
        ..depart(DepartureReason.leaseExpired);
      await pump();
      await player.reattach();
      expect(bridge.clients, hasLength(2));
      expect(bridge.client.name, 'reader');
      expect(bridge.client.volume.level, 0.5);
      expect(player.isAttached, isTrue);
      await pump();
      expect(player.state.value, PlayerState(volume: const Volume(0.5)));
      final utterance = await player.speak('again');
      told.clear();
      bridge.client
        ..queued(utterance.id)
        ..finished(utterance.id);
      expect(await utterance.done, const UtteranceFinished());
      await pump();
      expect(told, hasLength(2));
      await player.dispose();
    });

    test('keeps the volume that the engine told of', () async {
      final (bridge, player) = await startPlayer();
      bridge.client
        ..send(
          PlayerEventKind.volumeSet,
          volume: const VolumeSetting(level: 0.75, isMuted: false, balance: 0),
        )
        ..depart(DepartureReason.leaseExpired);
      await pump();
      await player.reattach();
      expect(bridge.client.volume.level, 0.75);
      await player.dispose();
    });

    test('does nothing while it is attached, and once when asked twice', () async {
      final (bridge, player) = await startPlayer();
      await player.reattach();
      expect(bridge.count('createClient'), 0);
      bridge.client.depart(DepartureReason.leaseExpired);
      await pump();
      await Future.wait([player.reattach(), player.reattach()]);
      expect(bridge.count('createClient'), 1);
      await player.dispose();
    });

    test('that fails can be tried again', () async {
      final (bridge, player) = await startPlayer();
      bridge.client.depart(DepartureReason.leaseExpired);
      await pump();
      bridge.failNext('createClient', bridgeError(ErrorReason.queueFull));
      expect(await reasonOf(player.reattach()), ErrorReason.queueFull);
      expect(player.isAttached, isFalse);
      bridge.failNext('playerEvents', bridgeError(ErrorReason.staleClient));
      expect(await reasonOf(player.reattach()), ErrorReason.staleClient);
      expect(player.isAttached, isFalse);
      await player.reattach();
      expect(player.isAttached, isTrue);
      await player.dispose();
    });

    test('does not wait for what the old attachment waits for', () async {
      final (bridge, player) = await startPlayer();
      final utterance = await player.speak('text');
      bridge.client
        ..isStale = true
        ..endsByItself = false;
      await reasonOf(player.pause());
      expect(utterance.isDone, isFalse);
      await player.reattach();
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
      await player.dispose();
    });

    test('hears nothing of the old attachment', () async {
      final (bridge, player) = await startPlayer();
      final old = bridge.client;
      old.isStale = true;
      await reasonOf(player.pause());
      await player.reattach();
      old
        ..queued(99)
        ..depart(DepartureReason.leaseExpired);
      await pump();
      expect(player.isAttached, isTrue);
      expect(player.state.value.utterances, isEmpty);
      await player.dispose();
    });

    test('during which it is disposed of gives the new client back', () async {
      final (bridge, player) = await startPlayer();
      bridge.client.depart(DepartureReason.leaseExpired);
      await pump();
      final reply = bridge.hold('createClient');
      final reason = reasonOf(player.reattach());
      await player.dispose();
      expect(await reason, ErrorReason.staleClient);
      reply.complete();
      await pump();
      expect(bridge.clients, hasLength(2));
      expect(bridge.client.isStale, isTrue);
      expect(bridge.client.isFollowed, isFalse);
    });
  });

  test('two players at once have each their own', () async {
    final (bridge, utter) = await startRuntime();
    final one = await utter.createPlayer(name: 'one');
    final two = await utter.createPlayer(name: 'two');
    final [first, second] = bridge.clients;
    final ofOne = <PlayerEvent>[];
    one.events.listen(ofOne.add);
    await pump();
    ofOne.clear();
    final a = await one.speak('from one');
    final b = await two.speak('from two');
    first.queued(a.id);
    second
      ..queued(b.id)
      ..started(b.id);
    await pump();
    expect(ofOne, hasLength(1));
    expect(one.state.value.isSpeaking, isFalse);
    expect(two.state.value.isSpeaking, isTrue);
    await one.dispose();
    expect(await reasonOf(a.done), ErrorReason.staleClient);
    expect(two.isAttached, isTrue);
    second.finished(b.id);
    expect(await b.done, const UtteranceFinished());
    expect(utter.players, [two]);
    await two.dispose();
  });
}
