/// What most tests of the core begin with: a fake engine, a runtime on it, and a player.
library;

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
