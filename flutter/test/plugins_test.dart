/// Plugins: what changes them, what is told of them, and the wait for them that can be given up.
library;

import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/error.dart' show BridgeError;
import 'package:utter/src/generated/api/plugins.dart' as bridge_plugins;
import 'package:utter/src/generated/api/plugins.dart' show PluginEventKind;
import 'package:utter/src/generated/api/runtime_events.dart' show RuntimeEventKind;

import 'support/fake_bridge.dart';
import 'support/session.dart';

const _id = 'org.utter.timed';

bridge_plugins.PluginEvent _event(
  PluginEventKind kind, {
  String? version,
  int? generation,
  String? hangsIn,
}) => bridge_plugins.PluginEvent(
  kind: kind,
  plugin: _id,
  version: version,
  generation: generation,
  hangsIn: hangsIn,
);

void main() {
  setUp(FakeBridge.install);

  test('calls reach the engine with what they say, and give what it answers', () async {
    final (bridge, utter) = await startRuntime();
    final told = <RuntimeEvent>[];
    utter.events.listen(told.add);
    await pump();
    bridge.calls.clear();
    told.clear();
    expect(await utter.plugins(), isEmpty);
    final installation = await utter.installPlugin(_id);
    expect(installation.change, PluginChange.added);
    expect(installation.version, '0.1.0');
    expect(await utter.reloadPlugin(_id), 1);
    final loaded = (await utter.plugins()).single;
    expect(loaded.name, 'Name of $_id');
    expect(loaded.isEnabled, isTrue);
    expect(loaded.generation, 1);
    await utter.disablePlugin(_id);
    expect((await utter.plugins()).single.isEnabled, isFalse);
    expect(await reasonOf(utter.reloadPlugin(_id)), ErrorReason.plugin);
    await utter.enablePlugin(_id);
    expect(await utter.uninstallPlugin(_id), isTrue);
    expect(await utter.plugins(), isEmpty);
    expect(bridge.calls, [
      'plugins',
      'installPlugin $_id',
      'reloadPlugin $_id',
      'plugins',
      'disablePlugin $_id',
      'plugins',
      'reloadPlugin $_id',
      'enablePlugin $_id',
      'uninstallPlugin $_id',
      'plugins',
    ]);
    await pump();
    expect([for (final event in told) event.runtimeType], [
      PluginInstalled,
      PluginLoaded,
      PluginDisabled,
      PluginEnabled,
      PluginUninstalled,
    ]);
  });

  test('one that is not installed is an exception of reason plugin', () async {
    final (_, utter) = await startRuntime();
    for (final call in [
      utter.enablePlugin,
      utter.disablePlugin,
      utter.reloadPlugin,
      utter.uninstallPlugin,
    ]) {
      expect(await reasonOf(call('nobody')), ErrorReason.plugin);
    }
  });

  test('without a runtime there are none', () async {
    final (bridge, utter) = await startRuntime();
    await utter.shutdown();
    bridge.calls.clear();
    expect(await reasonOf(utter.plugins()), ErrorReason.notInitialised);
    expect(await reasonOf(utter.installPlugin(_id)), ErrorReason.notInitialised);
    expect(bridge.calls, isEmpty);
  });

  test('others are answered while one waits for another process', () async {
    final (bridge, utter) = await startRuntime();
    final reply = bridge.hold('installPlugin');
    bridge.failNext('installPlugin', bridgeError(ErrorReason.cancelled));
    final reason = reasonOf(utter.installPlugin(_id));
    var isAnswered = false;
    reason.then((_) => isAnswered = true);
    expect(await utter.plugins(), isEmpty);
    expect(isAnswered, isFalse);
    await utter.cancelCalls();
    reply.complete();
    expect(await reason, ErrorReason.cancelled);
  });

  group('what becomes of one', () {
    final kinds = <PluginEventKind, (bridge_plugins.PluginEvent, BridgeError?, Matcher)>{
      PluginEventKind.installed: (
        _event(PluginEventKind.installed, version: '0.2.0'),
        null,
        isA<PluginInstalled>().having((e) => e.version, 'version', '0.2.0'),
      ),
      PluginEventKind.enabled: (_event(PluginEventKind.enabled), null, isA<PluginEnabled>()),
      PluginEventKind.disabled: (_event(PluginEventKind.disabled), null, isA<PluginDisabled>()),
      PluginEventKind.uninstalled: (
        _event(PluginEventKind.uninstalled),
        null,
        isA<PluginUninstalled>(),
      ),
      PluginEventKind.loaded: (
        _event(PluginEventKind.loaded, generation: 3),
        null,
        isA<PluginLoaded>().having((e) => e.generation, 'generation', 3),
      ),
      PluginEventKind.unloaded: (
        _event(PluginEventKind.unloaded, generation: 3),
        null,
        isA<PluginUnloaded>().having((e) => e.generation, 'generation', 3),
      ),
      PluginEventKind.hangs: (
        _event(PluginEventKind.hangs, generation: 3, hangsIn: 'close'),
        null,
        isA<PluginHangs>()
            .having((e) => e.generation, 'generation', 3)
            .having((e) => e.call, 'call', 'close'),
      ),
      PluginEventKind.recovered: (
        _event(PluginEventKind.recovered, generation: 3),
        null,
        isA<PluginRecovered>().having((e) => e.generation, 'generation', 3),
      ),
      PluginEventKind.failed: (
        _event(PluginEventKind.failed),
        bridgeError(ErrorReason.plugin),
        isA<PluginFailed>().having((e) => e.error.reason, 'reason', ErrorReason.plugin),
      ),
    };

    for (final kind in PluginEventKind.values) {
      test('${kind.name} is told as a class of its own, and changes no state', () async {
        final (bridge, utter) = await startRuntime();
        await pump();
        final told = <RuntimeEvent>[];
        utter.events.listen(told.add);
        final state = utter.state.value;
        final (event, error, matcher) = kinds[kind]!;
        bridge.runtime!.send(RuntimeEventKind.plugin, plugin: event, error: error);
        await pump();
        expect(told.single, matcher);
        expect((told.single as PluginEvent).plugin, _id);
        expect(utter.state.value, state);
      });
    }

    test('that lacks what it promises is told as a warning', () async {
      final (bridge, utter) = await startRuntime();
      await pump();
      final told = <RuntimeEvent>[];
      utter.events.listen(told.add);
      bridge.runtime!
        ..send(RuntimeEventKind.plugin)
        ..send(RuntimeEventKind.plugin, plugin: _event(PluginEventKind.loaded))
        ..send(RuntimeEventKind.plugin, plugin: _event(PluginEventKind.failed))
        ..send(RuntimeEventKind.plugin, plugin: _event(PluginEventKind.enabled));
      await pump();
      expect([for (final event in told) event.runtimeType], [
        RuntimeWarning,
        RuntimeWarning,
        RuntimeWarning,
        PluginEnabled,
      ]);
    });
  });
}
