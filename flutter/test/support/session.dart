/// What most tests of the core begin with: a fake engine, a runtime on it, and a player.
library;

import 'package:fake_async/fake_async.dart';
import 'package:utter/core.dart';

import 'fake_bridge.dart';

/// A runtime on a fake engine.
Future<(FakeBridge, Utter)> startRuntime([UtterConfig config = const UtterConfig()]) async {
  final bridge = await FakeBridge.install();
  final utter = await Utter.init(config);
  return (bridge, utter);
}

/// A runtime on a fake engine, and a player of it whose first snapshot was read.
Future<(FakeBridge, UtterPlayer)> startPlayer([UtterConfig config = const UtterConfig()]) async {
  final (bridge, utter) = await startRuntime(config);
  final player = await utter.createPlayer(name: 'reader');
  await pump();
  bridge.calls.clear();
  return (bridge, player);
}

/// Waits for [future] and gives what it throws.
Future<Object?> errorOf(Future<Object?> future) async {
  try {
    await future;
    return null;
  } on Object catch (error) {
    return error;
  }
}

/// Waits for [future] and gives the reason for which it fails.
Future<ErrorReason?> reasonOf(Future<Object?> future) async {
  final error = await errorOf(future);
  return error is UtterException ? error.reason : null;
}

/// The same as [startPlayer] where time is moved by hand.
void startPlayerIn(
  FakeAsync time,
  void Function((FakeBridge, UtterPlayer)) given, [
  UtterConfig config = const UtterConfig(),
]) {
  var isReady = false;
  startPlayer(config).then((started) {
    given(started);
    isReady = true;
  });
  time.elapse(const Duration(milliseconds: 1));
  if (!isReady) throw StateError('the player is not ready');
}

/// Shuts the runtime down where time is moved by hand.
void shutDownIn(FakeAsync time) {
  Utter.maybeInstance?.shutdown();
  time.elapse(const Duration(milliseconds: 1));
}
