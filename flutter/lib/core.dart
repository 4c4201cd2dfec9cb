/// The part of Utter that is pure Dart: everything but assets, lifecycle and widgets.
///
/// Apps import `package:utter/utter.dart`, which has this and what needs Flutter. A command-line
/// program in Dart imports this.
library;

export 'src/core/config.dart';
export 'src/core/errors.dart' show UtterException;
export 'src/core/file_synthesis.dart' show FileSynthesis, SynthesisProgress, SynthesizedFile;
export 'src/core/library.dart' show NativeUtterLibrary, UtterLibrary;
export 'src/core/outcome.dart';
export 'src/core/player.dart' show UtterPlayer;
export 'src/core/player_event.dart';
export 'src/core/player_state.dart';
export 'src/core/runtime_event.dart';
export 'src/core/runtime_state.dart';
export 'src/core/speech_options.dart' show Pauses, SpeechOptions;
export 'src/core/speech_stream.dart' show SpeechStream;
export 'src/core/spoken.dart';
export 'src/core/status.dart' show ClientStatus, UtterStatus;
export 'src/core/utter.dart' show Utter;
export 'src/core/utterance.dart' show Utterance;
export 'src/core/value.dart' show UtterValue;
export 'src/core/volume.dart' show Volume;
export 'src/generated/api/error.dart' show ErrorReason;
export 'src/generated/api/player.dart' show ClientHandle;
export 'src/generated/api/player_events.dart' show DepartureReason, UtterancePhase;
export 'src/generated/api/plugins.dart' show PluginChange, PluginInfo, PluginInstallation;
export 'src/generated/api/requests.dart'
    show FileEncoding, InterruptMode, StopMode, TextKind, VisemeSetName;
export 'src/generated/api/runtime_events.dart' show OutputLossReason, VoicePhase;
export 'src/generated/api/settings.dart' show OutputSystem;
export 'src/generated/api/status.dart'
    show ArtifactsDescription, OutputDescription, OutputFormat, OutputLevel, VoiceDescription;
