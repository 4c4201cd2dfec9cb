/// The runtime that `Utter.init` gives: one an isolate, followed by its events, until this or
/// another isolate shuts it down.
///
/// Beginnings and ends are one after the other: whoever asks for one while another is under way
/// waits for it.
library;

import 'dart:async';

import '../generated/api/error.dart' show ErrorReason;
import '../generated/api/plugins.dart' as bridge;
import '../generated/api/plugins.dart' show PluginInfo, PluginInstallation;
import '../generated/api/requests.dart' show StopMode;
import '../generated/api/runtime.dart' as bridge;
import '../generated/api/runtime_events.dart' as bridge;
import '../generated/api/status.dart' show OutputDescription, OutputLevel, VoiceDescription;
import 'attached_player.dart';
import 'attachment.dart' show leavePatience;
import 'config.dart';
import 'errors.dart';
import 'event_feed.dart';
import 'library.dart';
import 'player.dart';
import 'polling.dart';
import 'requests.dart';
import 'runtime_changes.dart';
import 'runtime_decoding.dart';
import 'runtime_event.dart';
import 'runtime_state.dart';
import 'status.dart';
import 'utter.dart';
import 'value.dart';
import 'volume.dart';

/// The runtime of this isolate, if there is one.
UtterRuntime? _current;

/// The last beginning or end that was asked for and is not done. None is kept: a future of one
/// test's zone would stop the next.
Future<void>? _last;

Future<T> _inTurn<T>(Future<T> Function() body) {
  final before = _last;
  final turn = before == null ? body() : before.then((_) => body());
  late final Future<void> done;
  void clear([Object? _]) {
    if (identical(_last, done)) _last = null;
  }

  _last = done = turn.then<void>(clear, onError: clear);
  return turn;
}

/// The runtime, as this isolate follows it.
final class UtterRuntime implements Utter {
  UtterRuntime._(this.config);

  /// See [Utter.init].
  static Future<Utter> init(UtterConfig config, UtterLibrary? library) =>
      _inTurn(() => _start(config, library));

  /// See [Utter.restart].
  static Future<Utter> restart(UtterConfig config, UtterLibrary? library) => _inTurn(() async {
    settingsOf(config);
    if (_current case final running?) {
      await running._end();
    } else {
      await attachIsolate(library);
      await guarded(bridge.runtimeShutdown);
    }
    return _start(config, library);
  });

  /// The one that runs.
  static UtterRuntime? get current => _current;

  static Future<Utter> _start(UtterConfig config, UtterLibrary? library) async {
    final settings = settingsOf(config);
    if (_current case final ended? when !ended.isRunning) ended._finish();
    if (_current case final running? when running.config == config) return running;
    await attachIsolate(library);
    await guarded(() => bridge.runtimeInit(settings: settings));
    // The engine takes another way to write the same configuration for the same.
    if (_current case final running?) return running;
    return _current = UtterRuntime._(config).._follow();
  }

  @override
  final UtterConfig config;

  final UtterValueSource<RuntimeState> _state = UtterValueSource(RuntimeState());
  final StreamController<RuntimeEvent> _events = StreamController<RuntimeEvent>.broadcast();
  final List<AttachedPlayer> _players = [];
  final Completer<void> _over = Completer();
  final Map<Duration, Stream<OutputLevel>> _levels = {};
  EventFeed<bridge.RuntimeEvent>? _feed;

  void _follow() {
    _feed = EventFeed(
      guardedSync(bridge.runtimeEvents),
      place: _placeOf,
      onEvent: (raw) {
        if (runtimeEventOf(raw) case final event?) _read(event);
      },
      onGap:
          (expected, received) => _read(RuntimeEventsGap(expected: expected, received: received)),
      onError: (error) => _read(RuntimeWarning(error)),
      onEnd: _finish,
    );
  }

  void _read(RuntimeEvent event) {
    _state.value = runtimeStateAfter(_state.value, event);
    _events.add(event);
  }

  /// The runtime is gone.
  void _finish() {
    if (_over.isCompleted) return;
    if (identical(_current, this)) _current = null;
    _feed?.leave();
    _over.complete();
    _state.close(_state.value.copyWith(isRunning: false));
    _events.close();
    for (final player in [..._players]) {
      player.abandon();
    }
  }

  Future<T> _call<T>(Future<T> Function() call) async {
    if (_over.isCompleted) throw notInitialised();
    return guarded(call);
  }

  @override
  bool get isRunning => _state.value.isRunning;

  @override
  UtterValue<RuntimeState> get state => _state;

  @override
  Stream<RuntimeEvent> get events => _events.stream;

  @override
  List<UtterPlayer> get players => List.unmodifiable(_players);

  @override
  Future<UtterPlayer> createPlayer({
    String name = 'player',
    Volume volume = const Volume(),
  }) async {
    volumeSetting(volume);
    if (_over.isCompleted) throw notInitialised();
    final player = await AttachedPlayer.attach(
      name: name,
      volume: volume,
      lease: config.lease,
      onDisposed: _players.remove,
    );
    if (_over.isCompleted) {
      player.dispose().ignore();
      throw const UtterException(
        ErrorReason.shuttingDown,
        'The runtime was shut down while a player was made.',
        'Call Utter.init, and make it there.',
      );
    }
    _players.add(player);
    return player;
  }

  @override
  Future<void> warmUp() => _call(bridge.runtimeWarmup);

  @override
  Future<void> releaseMemory() => _call(bridge.runtimeReleaseMemory);

  @override
  Future<void> setDevice(String name) => _call(() => bridge.runtimeSetDevice(name: name));

  @override
  Future<void> cancelCalls() => _call(bridge.runtimeCancelCalls);

  @override
  Future<UtterStatus> status() async => statusOf(await _call(bridge.runtimeStatus));

  @override
  Future<List<OutputDescription>> outputs() => _call(bridge.runtimeOutputs);

  @override
  Future<List<PluginInfo>> plugins() => _call(bridge.runtimePlugins);

  @override
  Future<PluginInstallation> installPlugin(String path) async {
    final package = filePath(path);
    return _call(() => bridge.runtimeInstallPlugin(path: package));
  }

  @override
  Future<void> enablePlugin(String id) => _call(() => bridge.runtimeEnablePlugin(id: id));

  @override
  Future<void> disablePlugin(String id) => _call(() => bridge.runtimeDisablePlugin(id: id));

  @override
  Future<int> reloadPlugin(String id) => _call(() => bridge.runtimeReloadPlugin(id: id));

  @override
  Future<bool> uninstallPlugin(String id) => _call(() => bridge.runtimeUninstallPlugin(id: id));

  @override
  Future<List<VoiceDescription>> voices() => _call(bridge.runtimeVoices);

  @override
  Future<Map<String, double>> metrics() async => {
    for (final metric in await _call(bridge.runtimeMetrics)) metric.name: metric.value,
  };

  @override
  Future<int> setOutput(String? id) => _call(() => bridge.runtimeSetOutput(id: id));

  @override
  Future<bool> releaseOutput() => _call(bridge.runtimeReleaseOutput);

  @override
  Future<int> setVolume(Volume volume) async {
    final setting = volumeSetting(volume);
    return _call(() => bridge.runtimeSetVolume(volume: setting));
  }

  @override
  Future<int> pauseAll() => _call(bridge.runtimePauseAll);

  @override
  Future<int> resumeAll() => _call(bridge.runtimeResumeAll);

  @override
  Future<int> stopAll({StopMode how = StopMode.fade}) =>
      _call(() => bridge.runtimeStopAll(how: how));

  @override
  OutputLevel get level =>
      _over.isCompleted
          ? const OutputLevel(peak: 0, rms: 0)
          : guardedSync(bridge.runtimeLevel);

  @override
  Stream<OutputLevel> levels({Duration interval = const Duration(milliseconds: 33)}) =>
      _levels[interval] ??= polled(pollInterval(interval), () => level, _over.future);

  @override
  Future<void> prepareHotRestart() => _call(bridge.runtimePrepareHotRestart);

  @override
  Future<void> shutdown() => _inTurn(_end);

  Future<void> _end() async {
    if (_over.isCompleted) return;
    await guarded(bridge.runtimeShutdown);
    // The last events come by another way than the reply. They are waited for, but not for ever.
    final deadline = Timer(leavePatience, _finish);
    await _over.future;
    deadline.cancel();
  }
}

(EventPlace, int?) _placeOf(bridge.RuntimeEvent event) => switch (event.kind) {
  // With a number it is an event that this version does not know.
  bridge.RuntimeEventKind.alive when event.number == null => (EventPlace.aside, null),
  bridge.RuntimeEventKind.lagged => (EventPlace.lagged, null),
  bridge.RuntimeEventKind.snapshot => (EventPlace.snapshot, event.number),
  _ => (EventPlace.inOrder, event.number),
};
