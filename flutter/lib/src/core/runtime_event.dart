/// What the runtime tells, each kind a class: a `switch` over [RuntimeEvent] that forgets one does
/// not compile.
///
/// Most apps need only the runtime's state, which is made of these.
library;

import '../generated/api/player.dart' show ClientHandle;
import '../generated/api/player_events.dart' show DepartureReason;
import '../generated/api/runtime_events.dart' show OutputLossReason, VoicePhase;
import 'errors.dart';
import 'runtime_state.dart';
import 'volume.dart';

/// Something that happens to the runtime.
sealed class RuntimeEvent {
  const RuntimeEvent();
}

/// How things are: first of all, and after [RuntimeEventsLagged].
final class RuntimeSnapshot extends RuntimeEvent {
  /// With the state.
  const RuntimeSnapshot(this.state);

  /// How things are.
  final RuntimeState state;
}

/// So many events came faster than they were read, and are lost. A [RuntimeSnapshot] follows.
final class RuntimeEventsLagged extends RuntimeEvent {
  /// With how many.
  const RuntimeEventsLagged(this.missed);

  /// How many are lost.
  final int missed;
}

/// The numbers of events have a gap, or one came twice: a mistake in Utter, which an app can only
/// log.
final class RuntimeEventsGap extends RuntimeEvent {
  /// With the number that should have come, and the one that did.
  const RuntimeEventsGap({required this.expected, required this.received});

  /// The number that should have come.
  final int expected;

  /// The one that did.
  final int received;
}

/// Something that needs nobody's help, but may explain what was heard.
final class RuntimeWarning extends RuntimeEvent {
  /// With what it is.
  const RuntimeWarning(this.error);

  /// What it is.
  final UtterException error;
}

/// It is being shut down.
final class RuntimeShuttingDown extends RuntimeEvent {
  /// There is no more to say.
  const RuntimeShuttingDown();
}

/// The voice is loading, ready, gone, or could not be loaded.
final class VoiceChanged extends RuntimeEvent {
  /// With how it is doing.
  const VoiceChanged(this.phase, {required this.share, this.error});

  /// How it is doing.
  final VoicePhase phase;

  /// The share of it that is loaded, from 0 to 1.
  final double share;

  /// Why it could not be loaded.
  final UtterException? error;
}

/// The voice is being loaded for another device; that of the present one goes on.
final class VoiceRebuilding extends RuntimeEvent {
  /// With how far it is.
  const VoiceRebuilding(this.share);

  /// The share of it that is loaded, from 0 to 1.
  final double share;
}

/// Something else computes.
final class DeviceSet extends RuntimeEvent {
  /// With its name.
  const DeviceSet(this.device);

  /// What computes.
  final String device;
}

/// The voice cannot be loaded for another device; the old one goes on.
final class DeviceFailed extends RuntimeEvent {
  /// With the device, and why.
  const DeviceFailed(this.device, this.error);

  /// The device that was asked for.
  final String device;

  /// Why.
  final UtterException error;
}

/// An output is open.
final class OutputOpened extends RuntimeEvent {
  /// With the output.
  const OutputOpened(this.output);

  /// The output.
  final OpenOutput output;
}

/// The output says another latency.
final class OutputLatencyChanged extends RuntimeEvent {
  /// With the latency.
  const OutputLatencyChanged(this.latency);

  /// How long after it is asked for a frame is heard.
  final Duration latency;
}

/// The output is lost, and another is looked for; nothing of what waits is.
final class OutputLost extends RuntimeEvent {
  /// With its name, and why.
  const OutputLost(this.name, this.reason);

  /// Its name.
  final String name;

  /// Why.
  final OutputLossReason reason;
}

/// No output was found for so long, and what waits has failed.
final class OutputGivenUp extends RuntimeEvent {
  /// With how long, and why.
  const OutputGivenUp(this.after, this.error);

  /// How long one was looked for.
  final Duration after;

  /// Why there is none.
  final UtterException error;
}

/// The output was closed, since nothing is to be heard.
final class OutputReleased extends RuntimeEvent {
  /// There is no more to say.
  const OutputReleased();
}

/// The route is another.
final class RouteSet extends RuntimeEvent {
  /// With the output's id.
  const RouteSet(this.output);

  /// The output's id; null for the system's default.
  final String? output;
}

/// The route could not be changed; the old one goes on.
final class RouteFailed extends RuntimeEvent {
  /// With the output's id, the command, and why.
  const RouteFailed(this.output, {required this.command, required this.error});

  /// The id of the output that was asked for; null for the system's default.
  final String? output;

  /// The number that `setOutput` completed with.
  final int command;

  /// Why.
  final UtterException error;
}

/// A command for everything can be heard.
final class RuntimeCommandObeyed extends RuntimeEvent {
  /// With the number that the command's future completed with.
  const RuntimeCommandObeyed(this.command);

  /// The command's number.
  final int command;
}

/// Everything was paused, or goes on.
final class RuntimePauseChanged extends RuntimeEvent {
  /// With which.
  const RuntimePauseChanged({required this.isPaused});

  /// Whether everything is paused.
  final bool isPaused;
}

/// The volume of everything is another.
final class RuntimeVolumeChanged extends RuntimeEvent {
  /// With the volume.
  const RuntimeVolumeChanged(this.volume);

  /// How loud everything is.
  final Volume volume;
}

/// Audio came too late: there was silence that should not have been.
final class OutputUnderrun extends RuntimeEvent {
  /// With how often.
  const OutputUnderrun(this.times);

  /// How often, since the last such event.
  final int times;
}

/// The device was not served in time.
final class OutputXrun extends RuntimeEvent {
  /// With how often.
  const OutputXrun(this.times);

  /// How often, since the last such event.
  final int times;
}

/// Something that has become of a plugin, whoever caused it.
sealed class PluginEvent extends RuntimeEvent {
  const PluginEvent(this.plugin);

  /// The plugin's id.
  final String plugin;
}

/// A plugin was installed, or replaced.
final class PluginInstalled extends PluginEvent {
  /// With its id and its version.
  const PluginInstalled(super.plugin, {required this.version});

  /// Its version.
  final String version;
}

/// A plugin is used from now on.
final class PluginEnabled extends PluginEvent {
  /// With its id.
  const PluginEnabled(super.plugin);
}

/// A plugin is not used any more.
final class PluginDisabled extends PluginEvent {
  /// With its id.
  const PluginDisabled(super.plugin);
}

/// A plugin was removed.
final class PluginUninstalled extends PluginEvent {
  /// With its id.
  const PluginUninstalled(super.plugin);
}

/// A generation of a plugin, one binary of it, was loaded and is active.
final class PluginLoaded extends PluginEvent {
  /// With its id, and which generation.
  const PluginLoaded(super.plugin, {required this.generation});

  /// The generation's number, which is never given again.
  final int generation;
}

/// A generation of a plugin is gone.
final class PluginUnloaded extends PluginEvent {
  /// With its id, and which generation.
  const PluginUnloaded(super.plugin, {required this.generation});

  /// The generation's number.
  final int generation;
}

/// An instance of a plugin hangs, and was left behind.
final class PluginHangs extends PluginEvent {
  /// With its id, which generation, and in what.
  const PluginHangs(super.plugin, {required this.generation, required this.call});

  /// The generation's number.
  final int generation;

  /// The call that does not return.
  final String call;
}

/// An instance of a plugin that hung has come back, and is closed.
final class PluginRecovered extends PluginEvent {
  /// With its id, and which generation.
  const PluginRecovered(super.plugin, {required this.generation});

  /// The generation's number.
  final int generation;
}

/// A plugin could not be loaded, or unloaded.
final class PluginFailed extends PluginEvent {
  /// With its id, and why.
  const PluginFailed(super.plugin, this.error);

  /// Why.
  final UtterException error;
}

/// A client has attached, in this isolate or another.
final class ClientAttached extends RuntimeEvent {
  /// With its handle and name.
  const ClientAttached(this.client, this.name);

  /// Its handle.
  final ClientHandle client;

  /// Its name.
  final String name;
}

/// A client is no more.
final class ClientDeparted extends RuntimeEvent {
  /// With its handle, and why.
  const ClientDeparted(this.client, this.reason);

  /// Its handle.
  final ClientHandle client;

  /// Why.
  final DepartureReason reason;
}
