/// How things stand with the runtime: voice, output, volume, who is attached.
library;

import '../generated/api/player.dart' show ClientHandle;
import '../generated/api/runtime_events.dart' show VoicePhase;
import 'errors.dart';
import 'volume.dart';

/// An output that is open.
final class OpenOutput {
  /// With all its parts.
  const OpenOutput({
    required this.id,
    required this.name,
    required this.sampleRate,
    required this.channels,
    required this.format,
    this.period,
  });

  /// Its id.
  final String id;

  /// Its name, for people.
  final String name;

  /// Frames a second.
  final int sampleRate;

  /// Samples a frame.
  final int channels;

  /// The type of a sample, such as `f32`.
  final String format;

  /// The time between two requests for audio, if it is known.
  final Duration? period;

  @override
  bool operator ==(Object other) =>
      other is OpenOutput &&
      id == other.id &&
      name == other.name &&
      sampleRate == other.sampleRate &&
      channels == other.channels &&
      format == other.format &&
      period == other.period;

  @override
  int get hashCode => Object.hash(id, name, sampleRate, channels, format, period);

  @override
  String toString() => 'OpenOutput($name, $sampleRate Hz)';
}

/// How things stand with the runtime. It never changes; there is another one after each event.
final class RuntimeState {
  /// With all its parts; that of a runtime that has just started if nothing is said.
  RuntimeState({
    this.isRunning = true,
    this.voice = VoicePhase.absent,
    this.voiceShare = 0,
    this.voiceError,
    this.device = 'cpu',
    this.output,
    this.route,
    this.latency,
    this.isPaused = false,
    this.volume = const Volume(),
    Map<ClientHandle, String> clients = const {},
    this.underruns = 0,
    this.losses = 0,
  }) : clients = Map.unmodifiable(clients);

  /// Whether it runs: false while it is shut down, and from then on.
  final bool isRunning;

  /// How its voice is doing.
  final VoicePhase voice;

  /// The share of it that is loaded, from 0 to 1.
  final double voiceShare;

  /// Why it could not be loaded.
  final UtterException? voiceError;

  /// What computes.
  final String device;

  /// The output that is open; null while there is none.
  final OpenOutput? output;

  /// The id of the output that was asked for; null for the system's default.
  final String? route;

  /// How long after it is asked for a frame is heard, if the output says it.
  final Duration? latency;

  /// Whether everything is paused.
  final bool isPaused;

  /// How loud everything is.
  final Volume volume;

  /// The clients that are attached, of this isolate and others, and their names.
  final Map<ClientHandle, String> clients;

  /// How often audio came too late so far.
  final int underruns;

  /// How often the output was lost so far.
  final int losses;

  /// The same with some parts changed. What can become null is given as a function.
  RuntimeState copyWith({
    bool? isRunning,
    VoicePhase? voice,
    double? voiceShare,
    UtterException? Function()? voiceError,
    String? device,
    OpenOutput? Function()? output,
    String? Function()? route,
    Duration? Function()? latency,
    bool? isPaused,
    Volume? volume,
    Map<ClientHandle, String>? clients,
    int? underruns,
    int? losses,
  }) => RuntimeState(
    isRunning: isRunning ?? this.isRunning,
    voice: voice ?? this.voice,
    voiceShare: voiceShare ?? this.voiceShare,
    voiceError: voiceError == null ? this.voiceError : voiceError(),
    device: device ?? this.device,
    output: output == null ? this.output : output(),
    route: route == null ? this.route : route(),
    latency: latency == null ? this.latency : latency(),
    isPaused: isPaused ?? this.isPaused,
    volume: volume ?? this.volume,
    clients: clients ?? this.clients,
    underruns: underruns ?? this.underruns,
    losses: losses ?? this.losses,
  );

  @override
  bool operator ==(Object other) {
    if (other is! RuntimeState || clients.length != other.clients.length) return false;
    for (final MapEntry(:key, :value) in clients.entries) {
      if (other.clients[key] != value) return false;
    }
    return isRunning == other.isRunning &&
        voice == other.voice &&
        voiceShare == other.voiceShare &&
        voiceError == other.voiceError &&
        device == other.device &&
        output == other.output &&
        route == other.route &&
        latency == other.latency &&
        isPaused == other.isPaused &&
        volume == other.volume &&
        underruns == other.underruns &&
        losses == other.losses;
  }

  @override
  int get hashCode => Object.hash(
    isRunning,
    voice,
    voiceShare,
    voiceError,
    device,
    output,
    route,
    latency,
    isPaused,
    volume,
    clients.length,
    underruns,
    losses,
  );

  @override
  String toString() =>
      'RuntimeState(isRunning: $isRunning, voice: ${voice.name}, output: $output, '
      'isPaused: $isPaused)';
}
