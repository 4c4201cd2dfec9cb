/// The native library: attached once an isolate, and refused if it is of another version. And a hot
/// restart, as far as Dart sees one: an isolate that knows of nothing.
library;

import 'dart:io';
import 'dart:isolate';

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart' show ExternalLibrary;
import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/abi.dart';
import 'package:utter/src/generated/frb_generated.dart';

import 'support/fake_bridge.dart';
import 'support/session.dart';

/// A library that is not there.
class _FakeLibrary implements UtterLibrary {
  _FakeLibrary({required this.abi, this.version = '9.8.7'});

  final List<String> calls = [];

  @override
  final int abi;

  @override
  final String version;

  @override
  bool attach(int abi) {
    calls.add('attach');
    return abi == this.abi;
  }

  @override
  ExternalLibrary get external {
    calls.add('external');
    throw UnsupportedError('there is no such library');
  }
}

void main() {
  test('of another version is refused, with both versions and what to do', () async {
    final library = _FakeLibrary(abi: utterBridgeAbi ^ -1);
    for (var attempt = 1; attempt <= 2; attempt++) {
      final error = await errorOf(Utter.init(const UtterConfig(), library)) as UtterException?;
      expect(error?.reason, ErrorReason.internal);
      expect(error?.message, contains('9.8.7'));
      expect(error?.message, contains(utterBridgeVersion));
      expect(error?.hint, contains('flutter clean'));
      expect(library.calls, List.filled(attempt, 'attach'));
    }
    expect(UtterBridge.instance.initialized, isFalse);
    expect(Utter.maybeInstance, isNull);
    expect(await errorOf(Utter.restart(const UtterConfig(), library)), isA<UtterException>());
  });

  test('whose version has two interfaces shows them', () async {
    final library = _FakeLibrary(abi: -1, version: utterBridgeVersion);
    final error = await errorOf(Utter.init(const UtterConfig(), library)) as UtterException?;
    expect(error?.message, contains('ffffffffffffffff'));
  });

  test('is attached before it is used', () async {
    final library = _FakeLibrary(abi: utterBridgeAbi);
    expect(
      await reasonOf(Utter.init(const UtterConfig(), library)),
      ErrorReason.internal,
    );
    expect(library.calls, ['attach', 'external']);
  });

  test('that is not there is an exception of reason system that names it', () {
    const place = '/nowhere/libutter_bridge.so';
    Object? thrown;
    try {
      NativeUtterLibrary.open(place);
    } on Object catch (error) {
      thrown = error;
    }
    expect(
      thrown,
      isA<UtterException>()
          .having((e) => e.reason, 'reason', ErrorReason.system)
          .having((e) => e.message, 'message', contains(place)),
    );
  });

  test('that is something else is refused', () async {
    if (!Platform.isLinux) return;
    final library = NativeUtterLibrary.open('libm.so.6');
    final error = await errorOf(Utter.init(const UtterConfig(), library)) as UtterException?;
    expect(error?.reason, ErrorReason.internal);
    expect(error?.message, contains('utter_bridge_attach'));
    expect(UtterBridge.instance.initialized, isFalse);
  });

  test('after a hot restart is attached anew, and the runtime is asked for again', () async {
    final bridge = await FakeBridge.install();
    final utter = await Utter.init();
    expect(bridge.count('init'), 1);
    // The isolate that follows: it knows neither the library nor the runtime, and begins as the
    // first one did.
    final calls = await Isolate.run(_restarted);
    expect(calls, ['attached: false', 'instance: false', 'init', 'runtimeEvents']);
    expect(utter.isRunning, isTrue);
    await utter.shutdown();
  });
}

Future<List<String>> _restarted() async {
  final told = [
    'attached: ${UtterBridge.instance.initialized}',
    'instance: ${Utter.maybeInstance != null}',
  ];
  final bridge = await FakeBridge.install();
  final utter = await Utter.init();
  told.addAll(bridge.calls);
  await utter.shutdown();
  return told;
}
