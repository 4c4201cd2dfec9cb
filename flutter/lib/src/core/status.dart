/// How everything is doing, for a status page.
library;

import '../generated/api/player.dart' show ClientHandle;
import '../generated/api/status.dart' show ArtifactsDescription;
import 'errors.dart';
import 'player_state.dart';
import 'runtime_state.dart';

/// How a client is doing, of this isolate or another.
final class ClientStatus {
  /// With all its parts.
  const ClientStatus({
    required this.client,
    required this.name,
    required this.attached,
    required this.silent,
    required this.state,
  });

  /// Its handle.
  final ClientHandle client;

  /// Its name.
  final String name;

  /// How long it has been attached.
  final Duration attached;

  /// How long it has not called.
  final Duration silent;

  /// Its queue, its volume, its pause.
  final PlayerState state;
}

/// How everything is doing.
final class UtterStatus {
  /// With all its parts.
  const UtterStatus({
    required this.version,
    required this.state,
    required this.artifacts,
    required this.artifactsError,
    required this.devices,
    required this.isWarm,
    required this.clients,
    required this.queued,
    required this.period,
    required this.loadMedian,
    required this.loadMax,
    required this.subscriptions,
  });

  /// The version of the engine.
  final String version;

  /// How things stand with the runtime.
  final RuntimeState state;

  /// The built voice, if there is one.
  final ArtifactsDescription? artifacts;

  /// Why there is none.
  final UtterException? artifactsError;

  /// Devices that can compute here.
  final List<String> devices;

  /// Whether the next utterance has no first-call cost.
  final bool isWarm;

  /// The clients, the oldest first.
  final List<ClientStatus> clients;

  /// How much audio waits for the device.
  final Duration queued;

  /// The time between two requests of the device for audio, as it was seen.
  final Duration period;

  /// The share of that time that serving them took, in the median.
  final double loadMedian;

  /// The same, at most.
  final double loadMax;

  /// Streams of events that somebody in this process follows through the bridge.
  final int subscriptions;
}
