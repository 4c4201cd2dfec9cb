/// Heartbeats, with time that is moved by hand.
library;

import 'package:fake_async/fake_async.dart';
import 'package:test/test.dart';
import 'package:utter/core.dart';

import 'support/fake_bridge.dart';
import 'support/session.dart';

void main() {
  setUp(FakeBridge.install);

  /// A player in fake time, disposed of at the end.
  void inTime(
    void Function(FakeAsync time, FakeBridge bridge, UtterPlayer player) body, [
    UtterConfig config = const UtterConfig(),
  ]) => fakeAsync((time) {
    late FakeBridge bridge;
    late UtterPlayer player;
    startPlayerIn(time, (given) => (bridge, player) = given, config);
    body(time, bridge, player);
    player.dispose();
    shutDownIn(time);
    expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0, reason: 'timers are left');
  });

  test('come three times a lease, which is 15 seconds by default', () {
    inTime((time, bridge, player) {
      time.elapse(const Duration(milliseconds: 4990));
      expect(bridge.count('heartbeat'), 0);
      time.elapse(const Duration(milliseconds: 10));
      expect(bridge.count('heartbeat'), 1);
      time.elapse(const Duration(seconds: 15));
      expect(bridge.count('heartbeat'), 4);
    });
  });

  test('follow the lease of the configuration', () {
    inTime((time, bridge, player) {
      time.elapse(const Duration(seconds: 3));
      expect(bridge.count('heartbeat'), 3);
      expect(bridge.runtime?.settings.leaseMillis, 3000);
    }, const UtterConfig(lease: Duration(seconds: 3)));
  });

  test('stop when the player is disposed of', () {
    inTime((time, bridge, player) {
      time.elapse(const Duration(seconds: 5));
      player.dispose();
      time.elapse(const Duration(minutes: 1));
      expect(bridge.count('heartbeat'), 1);
    });
  });

  test('do not pile up while one waits for its reply', () {
    inTime((time, bridge, player) {
      final reply = bridge.hold('heartbeat');
      time.elapse(const Duration(seconds: 20));
      expect(bridge.count('heartbeat'), 1);
      reply.complete();
      time.elapse(const Duration(seconds: 5));
      expect(bridge.count('heartbeat'), 2);
    });
  });

  test('that are refused tell that the player is gone, and stop', () {
    inTime((time, bridge, player) {
      final states = <PlayerState>[];
      player.state.addListener(() => states.add(player.state.value));
      bridge.client.isStale = true;
      time.elapse(const Duration(seconds: 5));
      expect(player.isAttached, isFalse);
      expect(states.single.isAttached, isFalse);
      time.elapse(const Duration(minutes: 1));
      expect(bridge.count('heartbeat'), 1);
    });
  });

  test('that fail otherwise are a warning, and go on', () {
    inTime((time, bridge, player) {
      final told = <PlayerEvent>[];
      player.events.listen(told.add);
      bridge.failNext('heartbeat', bridgeError(ErrorReason.internal));
      time.elapse(const Duration(seconds: 5));
      expect(told.single, isA<PlayerWarning>());
      expect(player.isAttached, isTrue);
      time.elapse(const Duration(seconds: 5));
      expect(bridge.count('heartbeat'), 2);
      expect(told, hasLength(1));
    });
  });

  test('begin again when it is reattached', () {
    inTime((time, bridge, player) {
      bridge.client.depart(DepartureReason.leaseExpired);
      time.elapse(const Duration(minutes: 1));
      expect(bridge.count('heartbeat'), 0);
      player.reattach();
      time.elapse(const Duration(seconds: 5));
      expect(bridge.count('heartbeat'), 1);
    });
  });

  test('are sent by each player for itself', () {
    inTime((time, bridge, player) {
      Utter.instance.createPlayer();
      time.elapse(const Duration(seconds: 5));
      expect(bridge.count('heartbeat'), 2);
      Utter.instance.players.last.dispose();
      time.elapse(const Duration(seconds: 5));
      expect(bridge.count('heartbeat'), 3);
    });
  });
}
