/// How a runtime is configured, as apps write it.
library;

import '../generated/api/settings.dart' as bridge;

/// A voice of the app's own.
final class VoiceFile {
  /// With its name and its file.
  const VoiceFile({required this.name, required this.path});

  /// What `voice` calls it.
  final String name;

  /// Its file: `.npy`, `.safetensors` or raw floats.
  final String path;

  @override
  bool operator ==(Object other) =>
      other is VoiceFile && name == other.name && path == other.path;

  @override
  int get hashCode => Object.hash(name, path);
}

/// How a runtime is configured. What is null is the engine's own default.
///
/// A process has one runtime; who asks for another configuration while it runs is told what is
/// different. That can happen at a hot restart, which the runtime survives: use `Utter.restart`
/// then, or start the app anew.
final class UtterConfig {
  /// The defaults suit an app whose voice lies where it is looked for.
  const UtterConfig({
    this.artifacts,
    this.device,
    this.threads,
    this.voiceFiles = const [],
    this.languages,
    this.espeak = false,
    this.outputs = bridge.OutputSystem.devices,
    this.wavPath,
    this.plugins,
    this.output,
    this.period,
    this.progressInterval,
    this.lease = const Duration(seconds: 15),
    this.grace,
    this.clients,
  });

  /// The directory of the voice's artifacts; by default what `UTTER_ARTIFACTS` says, or the user's
  /// cache.
  final String? artifacts;

  /// What computes: `cpu`.
  final String? device;

  /// Threads that compute; one for each physical core by default.
  final int? threads;

  /// Voices of the app's own.
  final List<VoiceFile> voiceFiles;

  /// Tags of the languages that are made ready with the voice, such as `en-US`; that one by
  /// default.
  final List<String>? languages;

  /// Whether espeak-ng may be loaded, where it is installed. It is under the GPL, so who ships an
  /// app decides.
  final bool espeak;

  /// Where audio goes.
  final bridge.OutputSystem outputs;

  /// The file, where audio goes into one.
  final String? wavPath;

  /// The directory of the plugins; by default what `UTTER_PLUGINS` says, or the one for the user's
  /// data. Where the system names none there are no plugins, unless this does.
  final String? plugins;

  /// The id of the output that is opened at first; the system's default one otherwise.
  final String? output;

  /// The time between two requests of the output for audio; the nearest that the device can do is
  /// taken.
  final Duration? period;

  /// The time between two progress events of what is heard.
  final Duration? progressInterval;

  /// How long a player may be silent before it is warned. A player sends three heartbeats in that
  /// time by itself.
  final Duration lease;

  /// How much longer it is waited for after that, before it is evicted; 5 seconds by default.
  final Duration? grace;

  /// Players that can be attached at a time, of all isolates; 64 by default.
  final int? clients;

  @override
  bool operator ==(Object other) =>
      other is UtterConfig &&
      artifacts == other.artifacts &&
      device == other.device &&
      threads == other.threads &&
      _equalLists(voiceFiles, other.voiceFiles) &&
      _equalLists(languages, other.languages) &&
      espeak == other.espeak &&
      outputs == other.outputs &&
      wavPath == other.wavPath &&
      plugins == other.plugins &&
      output == other.output &&
      period == other.period &&
      progressInterval == other.progressInterval &&
      lease == other.lease &&
      grace == other.grace &&
      clients == other.clients;

  @override
  int get hashCode => Object.hash(
    artifacts,
    device,
    threads,
    Object.hashAll(voiceFiles),
    Object.hashAll(languages ?? const []),
    espeak,
    outputs,
    wavPath,
    plugins,
    output,
    period,
    progressInterval,
    lease,
    grace,
    clients,
  );
}

bool _equalLists<T>(List<T>? a, List<T>? b) {
  if (a == null || b == null) return a == b;
  if (a.length != b.length) return false;
  for (var i = 0; i < a.length; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

/// As the bridge takes it. What Dart can see to be nonsense is an [ArgumentError]; the engine
/// judges the rest.
bridge.RuntimeSettings settingsOf(UtterConfig config) {
  void positive(Duration? value, String name) {
    if (value != null && value <= Duration.zero) {
      throw ArgumentError.value(value, name, 'must be longer than nothing');
    }
  }

  positive(config.period, 'period');
  positive(config.progressInterval, 'progressInterval');
  // Heartbeats are counted in milliseconds.
  if (config.lease < const Duration(milliseconds: 3)) {
    throw ArgumentError.value(config.lease, 'lease', 'must be 3 milliseconds at least');
  }
  return bridge.RuntimeSettings(
    artifacts: config.artifacts,
    device: config.device,
    threads: config.threads,
    voiceFiles: [
      for (final file in config.voiceFiles)
        bridge.VoiceFileSetting(name: file.name, path: file.path),
    ],
    languages: config.languages,
    espeak: config.espeak,
    outputs: config.outputs,
    wavPath: config.wavPath,
    plugins: config.plugins,
    output: config.output,
    periodMicros: config.period?.inMicroseconds,
    progressIntervalMicros: config.progressInterval?.inMicroseconds,
    leaseMillis: config.lease.inMilliseconds,
    graceMillis: config.grace?.inMilliseconds,
    clients: config.clients,
  );
}
