/// What each event makes of the runtime's state: a pure function, the same as the engine's own.
library;

import 'runtime_event.dart';
import 'runtime_state.dart';

/// The state after [event].
RuntimeState runtimeStateAfter(RuntimeState state, RuntimeEvent event) => switch (event) {
  RuntimeSnapshot() => event.state,
  RuntimeShuttingDown() => state.copyWith(isRunning: false),
  VoiceChanged(:final phase, :final share, :final error) => state.copyWith(
    voice: phase,
    voiceShare: share,
    voiceError: () => error,
  ),
  DeviceSet(:final device) => state.copyWith(device: device),
  OutputOpened(:final output) => state.copyWith(output: () => output),
  OutputLatencyChanged(:final latency) => state.copyWith(latency: () => latency),
  OutputLost() => state.copyWith(
    output: () => null,
    latency: () => null,
    losses: state.losses + 1,
  ),
  OutputReleased() => state.copyWith(output: () => null, latency: () => null),
  RouteSet(:final output) => state.copyWith(route: () => output),
  RuntimePauseChanged(:final isPaused) => state.copyWith(isPaused: isPaused),
  RuntimeVolumeChanged(:final volume) => state.copyWith(volume: volume),
  OutputUnderrun(:final times) => state.copyWith(underruns: state.underruns + times),
  ClientAttached(:final client, :final name) => state.copyWith(
    clients: {...state.clients, client: name},
  ),
  ClientDeparted(:final client) => state.copyWith(clients: {...state.clients}..remove(client)),
  OutputGivenUp() ||
  RouteFailed() ||
  VoiceRebuilding() ||
  DeviceFailed() ||
  RuntimeCommandObeyed() ||
  OutputXrun() ||
  PluginEvent() ||
  RuntimeWarning() ||
  RuntimeEventsLagged() ||
  RuntimeEventsGap() => state,
};
