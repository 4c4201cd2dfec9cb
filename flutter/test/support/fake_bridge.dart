/// Stands in for the engine behind the generated code: what tests of the core talk to instead of a
/// compiled library.
///
/// It is held to what the real one promises: a client's events are numbered and begin with a
/// snapshot, its stream ends with it, replies and events come by different ways. When they come,
/// and with what error, the test decides: [FakeBridge.hold], [FakeBridge.failNext], and the events
/// of [FakeClient] and [FakeRuntime].
library;

import 'dart:async';
import 'dart:collection';

import 'package:utter/core.dart' show Utter;
import 'package:utter/src/generated/api/error.dart';
import 'package:utter/src/generated/api/player.dart';
import 'package:utter/src/generated/api/player_events.dart';
import 'package:utter/src/generated/api/plugins.dart';
import 'package:utter/src/generated/api/requests.dart';
import 'package:utter/src/generated/api/runtime_events.dart';
import 'package:utter/src/generated/api/settings.dart';
import 'package:utter/src/generated/api/status.dart';
import 'package:utter/src/generated/frb_generated.dart';

/// Full volume, as the bridge writes it.
const fullVolume = VolumeSetting(level: 1, isMuted: false, balance: 0);

/// An error as the bridge throws it.
BridgeError bridgeError(ErrorReason reason) =>
    BridgeError(reason: reason, message: 'a message', hint: 'a hint');

/// Lets everything happen that waits for nothing but its turn.
Future<void> pump() async {
  for (var turn = 0; turn < 3; turn++) {
    await Future<void>.delayed(Duration.zero);
  }
}

/// A client of the fake engine.
class FakeClient {
  FakeClient._(this.handle, this.name, this.volume);

  /// Its numbers.
  final ClientHandle handle;

  /// What it was called when it attached.
  final String name;

  /// How loud it was then.
  final VolumeSetting volume;

  /// Whether calls of it are refused.
  bool isStale = false;

  /// Whether its dispose ends its events, as the engine's does.
  bool endsByItself = true;

  /// What `playerState` answers.
  PlayerSnapshot state = emptySnapshot;

  final StreamController<PlayerEvent> _events = StreamController();
  int _number = 0;

  /// Whether somebody reads its events.
  bool get isFollowed => _events.hasListener;

  /// Sends an event as it is.
  void sendRaw(PlayerEvent event) => _events.add(event);

  /// Sends an error, as a reply that cannot be read is one.
  void sendError(Object error) => _events.addError(error);

  /// Sends the next event.
  void send(
    PlayerEventKind kind, {
    int? utterance,
    bool? isClip,
    TextSpan? text,
    int? time,
    int? end,
    int? heard,
    int? made,
    String? name,
    int? viseme,
    HeardExtent? extent,
    BridgeError? error,
    bool? isPaused,
    VolumeSetting? volume,
    int? command,
    DepartureReason? departure,
    int? number,
  }) => sendRaw(
    PlayerEvent(
      kind: kind,
      number: _number = number ?? _number + 1,
      utterance: utterance,
      isClip: isClip,
      text: text,
      timeMicros: time,
      endMicros: end,
      heardMicros: heard,
      madeMicros: made,
      name: name,
      viseme: viseme,
      heard: extent,
      error: error,
      isPaused: isPaused,
      volume: volume,
      command: command,
      departure: departure,
    ),
  );

  /// Tells that an utterance was asked for.
  void queued(int id, {bool isClip = false}) =>
      send(PlayerEventKind.queued, utterance: id, isClip: isClip);

  /// Tells that it begins.
  void started(int id) => send(PlayerEventKind.started, utterance: id);

  /// Tells of a word of it.
  void word(int id, int start, int end, {int time = 0}) => send(
    PlayerEventKind.word,
    utterance: id,
    text: TextSpan(start: start, end: end, utf8Start: start),
    time: time,
    end: time + 100000,
  );

  /// Tells that it was heard to its end.
  void finished(int id) => send(PlayerEventKind.finished, utterance: id);

  /// Tells that it was stopped, after so much text.
  void stopped(int id, {String text = 'one two', int heard = 3}) => send(
    PlayerEventKind.stopped,
    utterance: id,
    extent: HeardExtent(
      timeMicros: 500000,
      word: TextSpan(start: 0, end: heard, utf8Start: 0),
      isWordWhole: true,
      text: TextSpan(start: 0, end: heard, utf8Start: 0),
      unheard: TextSpan(start: heard, end: text.length, utf8Start: heard),
      unheardText: text.substring(heard),
    ),
  );

  /// Tells that so many events were lost, and how things are.
  void lag(int missed, PlayerSnapshot snapshot) {
    sendRaw(PlayerEvent(kind: PlayerEventKind.lagged, missed: missed));
    _number += missed;
    this.snapshot(snapshot);
  }

  /// Tells how things are.
  void snapshot(PlayerSnapshot snapshot) => sendRaw(
    PlayerEvent(kind: PlayerEventKind.snapshot, number: _number, snapshot: snapshot),
  );

  /// Ends it, and its events.
  void depart(DepartureReason reason) {
    isStale = true;
    if (_events.isClosed) return;
    send(PlayerEventKind.departed, departure: reason);
    _events.close();
  }

  /// Ends its events without a word, as when the port is lost.
  void loseEvents() => _events.close();
}

/// Nothing is said.
const emptySnapshot = PlayerSnapshot(
  utterances: [],
  isPaused: false,
  volume: fullVolume,
  isLate: false,
);

/// How a runtime begins.
const freshRuntime = RuntimeSnapshot(
  isShuttingDown: false,
  voice: VoicePhase.absent,
  voiceShare: 0,
  device: 'cpu',
  isPaused: false,
  volume: fullVolume,
  clients: [],
  underruns: 0,
  losses: 0,
);

/// The fake engine's runtime.
class FakeRuntime {
  FakeRuntime._(this.settings);

  /// How it is configured.
  final RuntimeSettings settings;

  final List<StreamController<RuntimeEvent>> _followers = [];
  int _number = 0;

  /// How many follow it.
  int get followers => _followers.where((follower) => follower.hasListener).length;

  Stream<RuntimeEvent> _follow() {
    final events = StreamController<RuntimeEvent>();
    _followers.add(events);
    events.add(
      RuntimeEvent(kind: RuntimeEventKind.snapshot, number: _number, snapshot: freshRuntime),
    );
    return events.stream;
  }

  /// Sends an event as it is.
  void sendRaw(RuntimeEvent event) {
    for (final events in _followers) {
      if (!events.isClosed) events.add(event);
    }
  }

  /// Sends the next event.
  void send(
    RuntimeEventKind kind, {
    VoicePhase? voice,
    double? share,
    String? name,
    OpenOutputInfo? output,
    int? time,
    OutputLossReason? loss,
    String? route,
    int? command,
    bool? isPaused,
    VolumeSetting? volume,
    int? times,
    PluginEvent? plugin,
    ClientHandle? client,
    DepartureReason? departure,
    BridgeError? error,
    int? number,
  }) => sendRaw(
    RuntimeEvent(
      kind: kind,
      number: _number = number ?? _number + 1,
      voice: voice,
      share: share,
      name: name,
      output: output,
      timeMicros: time,
      loss: loss,
      route: route,
      command: command,
      isPaused: isPaused,
      volume: volume,
      times: times,
      plugin: plugin,
      client: client,
      departure: departure,
      error: error,
    ),
  );

  /// Tells that so many events were lost, and how things are.
  void lag(int missed, RuntimeSnapshot snapshot) {
    sendRaw(RuntimeEvent(kind: RuntimeEventKind.lagged, missed: missed));
    _number += missed;
    sendRaw(
      RuntimeEvent(kind: RuntimeEventKind.snapshot, number: _number, snapshot: snapshot),
    );
  }

  /// Ends its events.
  void end() {
    for (final events in _followers) {
      events.close();
    }
  }
}

/// The engine, as generated code calls it.
class FakeBridge implements UtterBridgeApi {
  FakeBridge._();

  static final FakeBridge _only = FakeBridge._();

  /// Puts it behind the generated code, as new: there is one an isolate, as there is one engine a
  /// process. What the test before has left of a runtime is shut down.
  static Future<FakeBridge> install() async {
    if (!UtterBridge.instance.initialized) UtterBridge.initMock(api: _only);
    _only.behave();
    await Utter.maybeInstance?.shutdown();
    return _only.._reset();
  }

  /// Does from now on as it is told, as when it is new.
  void behave() {
    _holds.clear();
    _delays.clear();
    _failures.clear();
    endsByItself = true;
  }

  void _reset() {
    behave();
    calls.clear();
    clients.clear();
    runtime = null;
    level = const OutputLevel(peak: 0, rms: 0);
    fileReport = const FileReport(durationMicros: 0, words: []);
    fileProgress = const FileProgress(chunks: 0, durationMicros: 0);
    spoken = null;
    clip = null;
    plugins.clear();
    _pieces.clear();
    _clients = _utterances = _files = _commands = _generations = 0;
  }

  /// What was called, in order: the function's name, and behind it what matters.
  final List<String> calls = [];

  /// Every client that ever attached, the oldest first.
  final List<FakeClient> clients = [];

  /// The runtime, if one runs.
  FakeRuntime? runtime;

  /// How loud it is.
  OutputLevel level = const OutputLevel(peak: 0, rms: 0);

  /// What files have in them.
  FileReport fileReport = const FileReport(durationMicros: 0, words: []);

  /// How far files are.
  FileProgress fileProgress = const FileProgress(chunks: 0, durationMicros: 0);

  /// Whether a shutdown ends the streams of events, as the engine's does.
  bool endsByItself = true;

  /// What was asked to be said last.
  SpeakRequest? spoken;

  /// Which file was asked to be played last.
  ClipRequest? clip;

  /// The plugins that are installed.
  final List<PluginInfo> plugins = [];

  final Map<int, List<String>> _pieces = {};
  final Map<String, Queue<Completer<void>>> _holds = {};
  final Map<String, Queue<Completer<void>>> _delays = {};
  final Map<String, Queue<Object>> _failures = {};
  int _clients = 0;
  int _utterances = 0;
  int _files = 0;
  int _commands = 0;
  int _generations = 0;

  /// The client that attached last.
  FakeClient get client => clients.last;

  /// The text that was added to an utterance.
  List<String> pieces(int utterance) => _pieces[utterance] ?? const [];

  /// How often a function was called.
  int count(String name) =>
      calls.where((call) => call == name || call.startsWith('$name ')).length;

  /// Holds back the reply of the next call of a function, until what this gives is completed.
  Completer<void> hold(String name) {
    final hold = Completer<void>();
    (_holds[name] ??= Queue()).add(hold);
    return hold;
  }

  /// Holds back the next call of a function itself: others overtake it, until what this gives is
  /// completed.
  Completer<void> delay(String name) {
    final delay = Completer<void>();
    (_delays[name] ??= Queue()).add(delay);
    return delay;
  }

  /// Has the next call of a function fail.
  void failNext(String name, Object error) => (_failures[name] ??= Queue()).add(error);

  Future<T> _reply<T>(String name, T Function() answer, {String detail = ''}) async {
    calls.add(detail.isEmpty ? name : '$name $detail');
    final delays = _delays[name];
    if (delays != null && delays.isNotEmpty) await delays.removeFirst().future;
    final failures = _failures[name];
    final failure = failures == null || failures.isEmpty ? null : failures.removeFirst();
    final holds = _holds[name];
    final hold = holds == null || holds.isEmpty ? null : holds.removeFirst();
    // The engine does what it is told at once; it is the reply that takes its time.
    if (failure == null) {
      try {
        final result = answer();
        if (hold != null) await hold.future;
        return result;
      } on BridgeError {
        if (hold != null) await hold.future;
        rethrow;
      }
    }
    if (hold != null) await hold.future;
    throw failure;
  }

  FakeClient _live(ClientHandle handle) {
    for (final client in clients) {
      if (client.handle == handle && !client.isStale) return client;
    }
    throw bridgeError(ErrorReason.staleClient);
  }

  FakeRuntime _running() => runtime ?? (throw bridgeError(ErrorReason.notInitialised));

  Future<int> _command(String name, ClientHandle handle, {String detail = ''}) =>
      _reply(name, () {
        _live(handle);
        return _commands += 1;
      }, detail: detail);

  Future<int> _runtimeCommand(String name, {String detail = ''}) => _reply(name, () {
    _running();
    return _commands += 1;
  }, detail: detail);

  // Players.

  @override
  Future<ClientHandle> crateApiPlayerPlayerCreateClient({
    required String name,
    required VolumeSetting volume,
  }) => _reply('createClient', () {
    _running();
    final handle = ClientHandle(generation: 1, number: _clients += 1);
    clients.add(FakeClient._(handle, name, volume));
    return handle;
  }, detail: name);

  @override
  Stream<PlayerEvent> crateApiPlayerPlayerEvents({required ClientHandle handle}) {
    calls.add('playerEvents');
    final failures = _failures['playerEvents'];
    if (failures != null && failures.isNotEmpty) throw failures.removeFirst();
    final client = _live(handle);
    client.snapshot(
      PlayerSnapshot(utterances: const [], isPaused: false, volume: client.volume, isLate: false),
    );
    return client._events.stream;
  }

  @override
  Future<void> crateApiPlayerPlayerDisposeClient({required ClientHandle handle}) =>
      _reply('disposeClient', () {
        for (final client in clients) {
          if (client.handle != handle || client.isStale) continue;
          client.isStale = true;
          if (client.endsByItself) client.depart(DepartureReason.disposed);
        }
      });

  @override
  Future<void> crateApiPlayerPlayerHeartbeat({required ClientHandle handle}) =>
      _reply('heartbeat', () => _live(handle));

  @override
  Future<int> crateApiPlayerPlayerSpeak({
    required ClientHandle handle,
    required SpeakRequest request,
  }) => _reply('speak', () {
    _live(handle);
    spoken = request;
    return _utterances += 1;
  }, detail: request.text);

  @override
  Future<int> crateApiPlayerPlayerSpeakStream({
    required ClientHandle handle,
    required SpeakRequest request,
  }) => _reply('speakStream', () {
    _live(handle);
    spoken = request;
    return _utterances += 1;
  }, detail: request.text);

  @override
  Future<void> crateApiPlayerPlayerPushText({
    required ClientHandle handle,
    required int utterance,
    required String piece,
  }) => _reply('pushText', () {
    _live(handle);
    (_pieces[utterance] ??= []).add(piece);
  }, detail: piece);

  @override
  Future<void> crateApiPlayerPlayerFinishText({
    required ClientHandle handle,
    required int utterance,
  }) => _reply('finishText', () => _live(handle));

  @override
  Future<void> crateApiPlayerPlayerCancel({
    required ClientHandle handle,
    required int utterance,
  }) => _reply('cancel', () => _live(handle), detail: '$utterance');

  @override
  Future<int> crateApiPlayerPlayerClip({
    required ClientHandle handle,
    required ClipRequest request,
  }) => _reply('clip', () {
    _live(handle);
    clip = request;
    return _utterances += 1;
  }, detail: request.path);

  @override
  Future<int> crateApiPlayerPlayerPause({required ClientHandle handle}) =>
      _command('pause', handle);

  @override
  Future<int> crateApiPlayerPlayerResume({required ClientHandle handle}) =>
      _command('resume', handle);

  @override
  Future<int> crateApiPlayerPlayerStop({
    required ClientHandle handle,
    required StopMode how,
  }) => _command('stop', handle, detail: how.name);

  @override
  Future<int> crateApiPlayerPlayerSkip({required ClientHandle handle}) =>
      _command('skip', handle);

  @override
  Future<int> crateApiPlayerPlayerSeek({
    required ClientHandle handle,
    required int timeMicros,
  }) => _command('seek', handle, detail: '$timeMicros');

  @override
  Future<int> crateApiPlayerPlayerSeekToWord({
    required ClientHandle handle,
    required int utf8,
  }) => _command('seekToWord', handle, detail: '$utf8');

  @override
  Future<int> crateApiPlayerPlayerReplay({required ClientHandle handle}) =>
      _command('replay', handle);

  @override
  Future<int> crateApiPlayerPlayerSetVolume({
    required ClientHandle handle,
    required VolumeSetting volume,
  }) => _command('setVolume', handle, detail: '${volume.level}');

  @override
  Future<PlayerSnapshot> crateApiPlayerPlayerState({required ClientHandle handle}) =>
      _reply('state', () => _live(handle).state);

  @override
  Future<int?> crateApiPlayerPlayerPosition({required ClientHandle handle}) =>
      _reply('position', () {
        _live(handle);
        return 1500000;
      });

  @override
  Future<int> crateApiPlayerPlayerSynthesizeToFile({
    required ClientHandle handle,
    required SpeakRequest request,
    required String path,
  }) => _reply('synthesizeToFile', () {
    _live(handle);
    spoken = request;
    return _files += 1;
  }, detail: path);

  @override
  Future<FileReport> crateApiPlayerPlayerFile({
    required ClientHandle handle,
    required int file,
  }) => _reply('file', () {
    _live(handle);
    return fileReport;
  });

  @override
  Future<FileProgress> crateApiPlayerPlayerFileProgress({
    required ClientHandle handle,
    required int file,
  }) => _reply('fileProgress', () {
    _live(handle);
    return fileProgress;
  });

  @override
  Future<void> crateApiPlayerPlayerCancelFile({
    required ClientHandle handle,
    required int file,
  }) => _reply('cancelFile', () => _live(handle));

  // The runtime.

  @override
  Future<void> crateApiRuntimeRuntimeInit({required RuntimeSettings settings}) =>
      _reply('init', () => runtime ??= FakeRuntime._(settings));

  @override
  bool crateApiRuntimeRuntimeIsRunning() => runtime != null;

  @override
  Future<void> crateApiRuntimeRuntimeCancelCalls() => _reply('cancelCalls', () {});

  @override
  Future<void> crateApiRuntimeRuntimeWarmup() => _reply('warmup', _running);

  @override
  Future<void> crateApiRuntimeRuntimeReleaseMemory() => _reply('releaseMemory', _running);

  @override
  Future<void> crateApiRuntimeRuntimeSetDevice({required String name}) =>
      _reply('setDevice', _running, detail: name);

  @override
  Future<RuntimeStatus> crateApiRuntimeRuntimeStatus() => _reply('status', () {
    _running();
    return RuntimeStatus(
      version: '0.1.0',
      state: freshRuntime,
      artifactsError: bridgeError(ErrorReason.missingArtifacts),
      devices: const ['cpu'],
      isWarm: false,
      clients: [
        for (final client in clients)
          ClientReport(
            client: client.handle,
            name: client.name,
            attachedMicros: 2000000,
            silentMicros: 1000000,
            state: client.state,
          ),
      ],
      queuedMicros: 3000000,
      periodMicros: 10000,
      loadMedian: 0.1,
      loadMax: 0.2,
      subscriptions: 1,
    );
  });

  @override
  Future<List<OutputDescription>> crateApiRuntimeRuntimeOutputs() => _reply('outputs', () {
    _running();
    return const [
      OutputDescription(id: 'speakers', name: 'Speakers', isDefault: true, formats: []),
    ];
  });

  @override
  Future<List<PluginInfo>> crateApiPluginsRuntimePlugins() => _reply('plugins', () {
    _running();
    return [...plugins];
  });

  @override
  Future<PluginInstallation> crateApiPluginsRuntimeInstallPlugin({required String path}) =>
      _reply('installPlugin', () {
        // A package of this engine is its id.
        final isNew = plugins.every((plugin) => plugin.id != path);
        if (isNew) plugins.add(_plugin(path));
        _tellOfPlugin(PluginEventKind.installed, path, version: '0.1.0');
        return PluginInstallation(
          id: path,
          version: '0.1.0',
          isEnabled: true,
          change: isNew ? PluginChange.added : PluginChange.nothing,
        );
      }, detail: path);

  @override
  Future<void> crateApiPluginsRuntimeEnablePlugin({required String id}) =>
      _reply('enablePlugin', () {
        plugins[_installed(id)] = _plugin(id);
        _tellOfPlugin(PluginEventKind.enabled, id);
      }, detail: id);

  @override
  Future<void> crateApiPluginsRuntimeDisablePlugin({required String id}) =>
      _reply('disablePlugin', () {
        plugins[_installed(id)] = _plugin(id, isEnabled: false);
        _tellOfPlugin(PluginEventKind.disabled, id);
      }, detail: id);

  @override
  Future<int> crateApiPluginsRuntimeReloadPlugin({required String id}) =>
      _reply('reloadPlugin', () {
        final place = _installed(id);
        if (!plugins[place].isEnabled) throw bridgeError(ErrorReason.plugin);
        plugins[place] = _plugin(id, generation: _generations += 1);
        _tellOfPlugin(PluginEventKind.loaded, id, generation: _generations);
        return _generations;
      }, detail: id);

  @override
  Future<bool> crateApiPluginsRuntimeUninstallPlugin({required String id}) =>
      _reply('uninstallPlugin', () {
        plugins.removeAt(_installed(id));
        _tellOfPlugin(PluginEventKind.uninstalled, id);
        return true;
      }, detail: id);

  static PluginInfo _plugin(String id, {bool isEnabled = true, int? generation}) => PluginInfo(
    id: id,
    name: 'Name of $id',
    version: '0.1.0',
    licence: 'MIT',
    digest: 'd1',
    isEnabled: isEnabled,
    generation: generation,
    instances: 0,
  );

  int _installed(String id) {
    _running();
    final place = plugins.indexWhere((plugin) => plugin.id == id);
    return place >= 0 ? place : throw bridgeError(ErrorReason.plugin);
  }

  void _tellOfPlugin(PluginEventKind kind, String id, {String? version, int? generation}) =>
      _running().send(
        RuntimeEventKind.plugin,
        plugin: PluginEvent(kind: kind, plugin: id, version: version, generation: generation),
      );

  @override
  Future<List<VoiceDescription>> crateApiRuntimeRuntimeVoices() => _reply('voices', () {
    _running();
    return const [VoiceDescription(name: 'af_heart', language: 'en-US', readsText: true)];
  });

  @override
  Future<List<Metric>> crateApiRuntimeRuntimeMetrics() => _reply('metrics', () {
    _running();
    return const [Metric(name: 'underruns', value: 2)];
  });

  @override
  Future<int> crateApiRuntimeRuntimeSetOutput({String? id}) =>
      _runtimeCommand('setOutput', detail: '$id');

  @override
  Future<bool> crateApiRuntimeRuntimeReleaseOutput() => _reply('releaseOutput', () {
    _running();
    return true;
  });

  @override
  Future<int> crateApiRuntimeRuntimeSetVolume({required VolumeSetting volume}) =>
      _runtimeCommand('setRuntimeVolume', detail: '${volume.level}');

  @override
  Future<int> crateApiRuntimeRuntimePauseAll() => _runtimeCommand('pauseAll');

  @override
  Future<int> crateApiRuntimeRuntimeResumeAll() => _runtimeCommand('resumeAll');

  @override
  Future<int> crateApiRuntimeRuntimeStopAll({required StopMode how}) =>
      _runtimeCommand('stopAll', detail: how.name);

  @override
  OutputLevel crateApiRuntimeRuntimeLevel() {
    calls.add('level');
    return level;
  }

  @override
  Stream<RuntimeEvent> crateApiRuntimeRuntimeEvents() {
    calls.add('runtimeEvents');
    return _running()._follow();
  }

  @override
  Future<void> crateApiRuntimeRuntimePrepareHotRestart() =>
      _reply('prepareHotRestart', () {
        _running();
        for (final client in clients) {
          client.depart(DepartureReason.hotRestart);
        }
      });

  @override
  Future<void> crateApiRuntimeRuntimeShutdown() => _reply('shutdown', () {
    final ended = runtime;
    runtime = null;
    for (final client in clients) {
      client.isStale = true;
      if (endsByItself) client.depart(DepartureReason.shutDown);
    }
    if (endsByItself) {
      ended
        ?..send(RuntimeEventKind.shuttingDown)
        ..end();
    }
  });
}
