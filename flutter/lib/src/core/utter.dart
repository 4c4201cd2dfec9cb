/// The runtime as apps see it: its beginning and end, its voice, outputs and volume, and the
/// players.
library;

import '../generated/api/plugins.dart' show PluginInfo, PluginInstallation;
import '../generated/api/requests.dart' show StopMode;
import '../generated/api/status.dart' show OutputDescription, OutputLevel, VoiceDescription;
import 'config.dart';
import 'errors.dart';
import 'library.dart';
import 'player.dart';
import 'runtime.dart';
import 'runtime_event.dart';
import 'runtime_state.dart';
import 'status.dart';
import 'value.dart';
import 'volume.dart';

/// The runtime of this process. [init] starts it, or finds the one that runs.
///
/// Every method throws only `UtterException`, and [ArgumentError] for what cannot be meant.
abstract interface class Utter {
  /// Starts the runtime, or finds the one that runs: called again, at the same time or after a hot
  /// restart, it gives the same. Nothing is opened or loaded until it is needed; [warmUp] does so
  /// ahead of time.
  ///
  /// The native library is [library], or looked for where the platform's packaging puts it; it is
  /// opened once an isolate.
  ///
  /// Throws `otherConfiguration` if one runs with another [config] (see [restart]), `internal` if
  /// the native library is of another version than this package, `invalidInput`, `invalidDevice`,
  /// `system`.
  static Future<Utter> init([
    UtterConfig config = const UtterConfig(),
    UtterLibrary? library,
  ]) => UtterRuntime.init(config, library);

  /// Shuts down the runtime that runs, if there is one, and starts one with [config]. For a
  /// configuration that has changed, as it may between two hot restarts.
  static Future<Utter> restart([
    UtterConfig config = const UtterConfig(),
    UtterLibrary? library,
  ]) => UtterRuntime.restart(config, library);

  /// What [init] gave. Throws `notInitialised` before that, and after [shutdown].
  static Utter get instance => UtterRuntime.current ?? (throw notInitialised());

  /// The same, or null.
  static Utter? get maybeInstance => UtterRuntime.current;

  /// How it is configured.
  UtterConfig get config;

  /// Whether it runs: neither this nor another isolate has shut it down.
  bool get isRunning;

  /// How things stand: voice, output, volume, clients.
  UtterValue<RuntimeState> get state;

  /// What happens, one after the other. It can be listened to often, and ends with the runtime.
  Stream<RuntimeEvent> get events;

  /// The players that were made here and are not disposed of.
  List<UtterPlayer> get players;

  /// Makes a player and attaches it. Loads and opens nothing. `queueFull` if as many are attached
  /// as may be.
  Future<UtterPlayer> createPlayer({String name = 'player', Volume volume = const Volume()});

  /// Loads the voice, if it is not, and has it speak once, unheard. Completes when it can speak
  /// without delay. How far it is [state] tells.
  Future<void> warmUp();

  /// Drops the voice, to give its memory back; it comes back when it is needed. For an app that
  /// goes into the background.
  Future<void> releaseMemory();

  /// Has another device compute. The present one goes on until the other stands; if that fails
  /// nothing has changed.
  Future<void> setDevice(String name);

  /// Gives up all calls of the runtime's that wait for an answer, such as [warmUp], [outputs] or [installPlugin], of all isolates: each throws
  /// `cancelled`. What they asked for goes on; [events] tell how it ends.
  Future<void> cancelCalls();

  /// How everything is doing.
  Future<UtterStatus> status();

  /// The outputs that there are.
  Future<List<OutputDescription>> outputs();

  /// The plugins that are installed, and how each is doing. None is loaded for that.
  ///
  /// Those that are enabled have their outputs among [outputs]. What becomes of them is told by
  /// [events] of class [PluginEvent], also when another isolate or the plugin itself is the cause.
  /// The calls that change something wait for one another, and for other processes that change the
  /// plugins; [cancelCalls] gives the wait up. Each throws `plugin` with what is wrong, and has
  /// changed nothing then.
  Future<List<PluginInfo>> plugins();

  /// Installs a plugin from a directory or a zip archive with a `plugin.json` at its top, over the
  /// one of the same id. One that was loaded gives way to the new one at once, while it plays too.
  Future<PluginInstallation> installPlugin(String path);

  /// Has a plugin be used.
  Future<void> enablePlugin(String id);

  /// Has a plugin not be used. What plays through it is moved to another output.
  Future<void> disablePlugin(String id);

  /// Loads a plugin anew, and completes with the number of its generation. The old one is unloaded
  /// when nothing of it is in use any more; if the new one cannot be loaded, the old one goes on.
  Future<int> reloadPlugin(String id);

  /// Removes a plugin, and tells whether its files are gone; those that somebody holds are removed
  /// when nobody does. What plays through it is moved to another output.
  Future<bool> uninstallPlugin(String id);

  /// The voices that there are: those of the artifacts, and after them the app's own.
  Future<List<VoiceDescription>> voices();

  /// What is counted, by name.
  Future<Map<String, double>> metrics();

  /// Changes to another output, by its id, or with null back to the system's default. The old one
  /// sounds until the new one does; [RouteSet] or [RouteFailed] tell how it went. Completes with
  /// the command's number.
  Future<int> setOutput(String? id);

  /// Closes the output if nothing is to be heard, and tells whether it did. The next utterance
  /// opens it again.
  Future<bool> releaseOutput();

  /// Sets the volume of everything. Completes with the command's number.
  Future<int> setVolume(Volume volume);

  /// Fades everything out, of all players, until it is resumed or stopped. Completes with the
  /// command's number.
  Future<int> pauseAll();

  /// Goes on where everything was paused. Completes with the command's number.
  Future<int> resumeAll();

  /// Ends what all players have asked for, and every pause. Completes with the command's number.
  Future<int> stopAll({StopMode how = StopMode.fade});

  /// How loud it was in the last moments, for a meter that asks whenever it is drawn. Silence where
  /// no runtime runs.
  OutputLevel get level;

  /// The same, asked for [interval] after [interval] while somebody listens. Ends with the runtime.
  Stream<OutputLevel> levels({Duration interval = const Duration(milliseconds: 33)});

  /// Says that this isolate will be gone in a moment: all players of the process are evicted, and
  /// fade out. A hint that makes a hot restart quieter; nothing depends on it.
  Future<void> prepareHotRestart();

  /// Ends the runtime, for all isolates: players, voice, output. Completes when all of it is gone;
  /// [init] starts another. A second time it does nothing.
  Future<void> shutdown();
}
