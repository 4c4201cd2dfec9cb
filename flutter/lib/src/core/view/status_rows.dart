/// A status page as rows of text: what a developer wants to see, and a user can read out to him.
///
/// `UtterStatusPage` draws it, and copies [statusText] to the clipboard.
library;

import '../../generated/api/runtime_events.dart' show VoicePhase;
import '../player_state.dart';
import '../runtime_state.dart';
import '../status.dart';

/// A line of a status page.
final class StatusRow {
  /// With all its parts.
  const StatusRow(this.label, this.value, {this.isTrouble = false});

  /// What it is.
  final String label;

  /// How it is.
  final String value;

  /// Whether that is something to look into.
  final bool isTrouble;

  @override
  bool operator ==(Object other) =>
      other is StatusRow &&
      label == other.label &&
      value == other.value &&
      isTrouble == other.isTrouble;

  @override
  int get hashCode => Object.hash(label, value, isTrouble);

  @override
  String toString() => '$label: $value';
}

/// Lines that belong together.
final class StatusSection {
  /// With a title and its rows.
  const StatusSection(this.title, this.rows);

  /// What they are about.
  final String title;

  /// The lines.
  final List<StatusRow> rows;
}

/// The whole of a status page.
List<StatusSection> statusSections(UtterStatus status) {
  final state = status.state;
  return [
    StatusSection('Engine', [
      StatusRow('Version', status.version),
      StatusRow('State', state.isRunning ? 'running' : 'shut down', isTrouble: !state.isRunning),
      StatusRow('Computes on', '${state.device} (of ${status.devices.join(', ')})'),
      StatusRow('Event streams', '${status.subscriptions}'),
    ]),
    StatusSection('Voice', _voice(status)),
    StatusSection('Output', _output(status)),
    StatusSection('Players', [
      for (final client in status.clients)
        StatusRow(
          client.name,
          playerSummary(client.state),
          isTrouble: client.state.isLate || !client.state.isAttached,
        ),
      if (status.clients.isEmpty) const StatusRow('Attached', 'none'),
    ]),
  ];
}

/// The same as plain text, for a bug report.
String statusText(UtterStatus status) => [
  for (final section in statusSections(status)) ...[
    section.title,
    for (final row in section.rows) '  $row',
  ],
].join('\n');

/// What a player is doing, in a line.
String playerSummary(PlayerState state) {
  final waiting = state.utterances.length;
  return [
    if (!state.isAttached) 'not attached' else if (state.isPaused) 'paused',
    if (waiting == 0) 'nothing to say' else '$waiting to say',
    if (state.isLate) 'late',
    if (state.volume.isMuted) 'muted',
  ].join(', ');
}

List<StatusRow> _voice(UtterStatus status) {
  final state = status.state;
  final artifacts = status.artifacts;
  final error = state.voiceError ?? status.artifactsError;
  return [
    StatusRow('State', switch (state.voice) {
      VoicePhase.absent => 'not loaded',
      VoicePhase.loading => 'loading, ${(state.voiceShare * 100).round()} %',
      VoicePhase.ready => status.isWarm ? 'ready, warm' : 'ready',
      VoicePhase.failed => 'failed',
    }, isTrouble: state.voice == VoicePhase.failed),
    if (artifacts != null) ...[
      StatusRow('Model', artifacts.model),
      StatusRow('Compiled for', '${artifacts.target}, by TVM ${artifacts.tvm}'),
      StatusRow('Directory', artifacts.path),
    ],
    if (error != null) StatusRow('Error', '${error.message} ${error.hint}', isTrouble: true),
  ];
}

List<StatusRow> _output(UtterStatus status) {
  final state = status.state;
  final OpenOutput? output = state.output;
  final latency = state.latency;
  return [
    StatusRow('Open', output == null ? 'no' : output.name),
    if (output != null)
      StatusRow(
        'Format',
        '${output.sampleRate} Hz, ${_channels(output.channels)}, ${output.format}',
      ),
    StatusRow('Route', state.route ?? 'system default'),
    if (latency != null) StatusRow('Latency', milliseconds(latency)),
    StatusRow('Period', milliseconds(status.period)),
    StatusRow('Queued', milliseconds(status.queued)),
    StatusRow(
      'Load of the callback',
      '${_percent(status.loadMedian)} median, ${_percent(status.loadMax)} at most',
      isTrouble: status.loadMax >= 1,
    ),
    StatusRow('Underruns', '${state.underruns}', isTrouble: state.underruns > 0),
    StatusRow('Lost outputs', '${state.losses}'),
    StatusRow('Volume', _volume(state)),
  ];
}

/// A time in milliseconds, with a decimal where it is short.
String milliseconds(Duration time) {
  final value = time.inMicroseconds / Duration.microsecondsPerMillisecond;
  return '${value < 100 ? value.toStringAsFixed(1) : value.round()} ms';
}

String _channels(int count) => switch (count) {
  1 => 'mono',
  2 => 'stereo',
  _ => '$count channels',
};

String _percent(double share) => '${(share * 100).toStringAsFixed(1)} %';

String _volume(RuntimeState state) => [
  _percent(state.volume.level),
  if (state.volume.isMuted) 'muted',
  if (state.isPaused) 'everything is paused',
].join(', ');
