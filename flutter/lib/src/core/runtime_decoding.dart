/// The runtime's events, snapshots and status as the bridge sends them, turned into the classes
/// that apps see.
library;

import '../generated/api/error.dart' show BridgeError;
import '../generated/api/plugins.dart' as bridge;
import '../generated/api/runtime_events.dart' as bridge;
import '../generated/api/status.dart' as bridge;
import 'errors.dart';
import 'event_fields.dart';
import 'player_decoding.dart';
import 'runtime_event.dart';
import 'runtime_state.dart';
import 'status.dart';
import 'volume.dart';

/// The event, or null if there is nothing to be told. Throws an [UtterException] if a field is
/// missing.
RuntimeEvent? runtimeEventOf(bridge.RuntimeEvent event) {
  final kind = event.kind;
  UtterException error() => exceptionOf(promised(event.error, 'error', kind));
  String name() => promised(event.name, 'name', kind);
  int times() => promised(event.times, 'times', kind);
  Duration span() => time(event.timeMicros, 'time_micros', kind);
  return switch (kind) {
    bridge.RuntimeEventKind.alive => null,
    bridge.RuntimeEventKind.snapshot => RuntimeSnapshot(
      runtimeStateOf(promised(event.snapshot, 'snapshot', kind)),
    ),
    bridge.RuntimeEventKind.lagged => RuntimeEventsLagged(promised(event.missed, 'missed', kind)),
    bridge.RuntimeEventKind.shuttingDown => const RuntimeShuttingDown(),
    bridge.RuntimeEventKind.voice => VoiceChanged(
      promised(event.voice, 'voice', kind),
      share: _share(event),
      error: event.error == null ? null : exceptionOf(event.error!),
    ),
    bridge.RuntimeEventKind.rebuilding => VoiceRebuilding(promised(event.share, 'share', kind)),
    bridge.RuntimeEventKind.deviceSet => DeviceSet(name()),
    bridge.RuntimeEventKind.deviceFailed => DeviceFailed(name(), error()),
    bridge.RuntimeEventKind.outputOpened => OutputOpened(
      openOutputOf(promised(event.output, 'output', kind)),
    ),
    bridge.RuntimeEventKind.latency => OutputLatencyChanged(span()),
    bridge.RuntimeEventKind.outputLost => OutputLost(name(), promised(event.loss, 'loss', kind)),
    bridge.RuntimeEventKind.outputGivenUp => OutputGivenUp(span(), error()),
    bridge.RuntimeEventKind.outputReleased => const OutputReleased(),
    bridge.RuntimeEventKind.routeSet => RouteSet(event.route),
    bridge.RuntimeEventKind.routeFailed => RouteFailed(
      event.route,
      command: promised(event.command, 'command', kind),
      error: error(),
    ),
    bridge.RuntimeEventKind.obeyed => RuntimeCommandObeyed(
      promised(event.command, 'command', kind),
    ),
    bridge.RuntimeEventKind.paused => RuntimePauseChanged(
      isPaused: promised(event.isPaused, 'is_paused', kind),
    ),
    bridge.RuntimeEventKind.volumeSet => RuntimeVolumeChanged(
      volumeOf(promised(event.volume, 'volume', kind)),
    ),
    bridge.RuntimeEventKind.underrun => OutputUnderrun(times()),
    bridge.RuntimeEventKind.xrun => OutputXrun(times()),
    bridge.RuntimeEventKind.plugin => pluginEventOf(
      promised(event.plugin, 'plugin', kind),
      event.error,
    ),
    bridge.RuntimeEventKind.clientAttached => ClientAttached(
      promised(event.client, 'client', kind),
      name(),
    ),
    bridge.RuntimeEventKind.clientDeparted => ClientDeparted(
      promised(event.client, 'client', kind),
      promised(event.departure, 'departure', kind),
    ),
    bridge.RuntimeEventKind.warning => RuntimeWarning(error()),
  };
}

/// What has become of a plugin; [error] is why it failed. Throws an [UtterException] if a field is
/// missing.
PluginEvent pluginEventOf(bridge.PluginEvent event, BridgeError? error) {
  final kind = event.kind;
  final plugin = event.plugin;
  int generation() => promised(event.generation, 'generation', kind);
  return switch (kind) {
    bridge.PluginEventKind.installed => PluginInstalled(
      plugin,
      version: promised(event.version, 'version', kind),
    ),
    bridge.PluginEventKind.enabled => PluginEnabled(plugin),
    bridge.PluginEventKind.disabled => PluginDisabled(plugin),
    bridge.PluginEventKind.uninstalled => PluginUninstalled(plugin),
    bridge.PluginEventKind.loaded => PluginLoaded(plugin, generation: generation()),
    bridge.PluginEventKind.unloaded => PluginUnloaded(plugin, generation: generation()),
    bridge.PluginEventKind.hangs => PluginHangs(
      plugin,
      generation: generation(),
      call: promised(event.hangsIn, 'hangs_in', kind),
    ),
    bridge.PluginEventKind.recovered => PluginRecovered(plugin, generation: generation()),
    bridge.PluginEventKind.failed => PluginFailed(
      plugin,
      exceptionOf(promised(error, 'error', kind)),
    ),
  };
}

/// How much of the voice is loaded; where its phase says it all the event may not.
double _share(bridge.RuntimeEvent event) =>
    event.share ??
    switch (event.voice) {
      bridge.VoicePhase.ready => 1,
      bridge.VoicePhase.absent ||
      bridge.VoicePhase.loading ||
      bridge.VoicePhase.failed ||
      null => 0,
    };

/// An output that is open.
OpenOutput openOutputOf(bridge.OpenOutputInfo output) => OpenOutput(
  id: output.id,
  name: output.name,
  sampleRate: output.sampleRate,
  channels: output.channels,
  format: output.format,
  period: _optional(output.periodMicros),
);

/// How things stand with the runtime.
RuntimeState runtimeStateOf(bridge.RuntimeSnapshot snapshot) => RuntimeState(
  isRunning: !snapshot.isShuttingDown,
  voice: snapshot.voice,
  voiceShare: snapshot.voiceShare,
  voiceError: snapshot.voiceError == null ? null : exceptionOf(snapshot.voiceError!),
  device: snapshot.device,
  output: snapshot.output == null ? null : openOutputOf(snapshot.output!),
  route: snapshot.route,
  latency: _optional(snapshot.latencyMicros),
  isPaused: snapshot.isPaused,
  volume: volumeOf(snapshot.volume),
  clients: {for (final client in snapshot.clients) client.client: client.name},
  underruns: snapshot.underruns,
  losses: snapshot.losses,
);

/// How everything is doing.
UtterStatus statusOf(bridge.RuntimeStatus status) => UtterStatus(
  version: status.version,
  state: runtimeStateOf(status.state),
  artifacts: status.artifacts,
  artifactsError: status.artifactsError == null ? null : exceptionOf(status.artifactsError!),
  devices: List.unmodifiable(status.devices),
  isWarm: status.isWarm,
  clients: [
    for (final report in status.clients)
      ClientStatus(
        client: report.client,
        name: report.name,
        attached: Duration(microseconds: report.attachedMicros),
        silent: Duration(microseconds: report.silentMicros),
        state: playerStateOf(report.state),
      ),
  ],
  queued: Duration(microseconds: status.queuedMicros),
  period: Duration(microseconds: status.periodMicros),
  loadMedian: status.loadMedian,
  loadMax: status.loadMax,
  subscriptions: status.subscriptions,
);

Duration? _optional(int? micros) => micros == null ? null : Duration(microseconds: micros);
