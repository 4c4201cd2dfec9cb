/// Utter for Flutter: streaming text to speech on the device.
///
/// ```dart
/// final utter = await Utter.init(UtterConfig(artifacts: await UtterAssets.locate()));
/// final player = await utter.createPlayer();
/// final utterance = await player.speak('Hello, world.');
/// await utterance.done;
/// ```
///
/// All of `package:utter/core.dart`, and what needs Flutter: assets, the app's life, the audio
/// session of phones, widgets.
library;

export 'core.dart';
export 'src/core/view/error_view.dart' show ErrorView;
export 'src/core/view/lifecycle_plan.dart' show LifecyclePolicy;
export 'src/core/view/reader.dart' show UtterReader;
export 'src/core/view/reader_state.dart' show ReaderPhase, ReaderState;
export 'src/core/view/session_policy.dart'
    show
        AudioServicesReset,
        AudioSessionEvent,
        AudioSessionPolicy,
        InterruptionBegan,
        InterruptionEnded,
        OutputUnplugged,
        RouteChanged;
export 'src/core/view/status_rows.dart' show StatusRow, StatusSection, statusSections, statusText;
export 'src/core/view/text_highlight.dart' show TextPiece, TextRole, highlightText;
export 'src/core/view/voice_entries.dart' show VoiceEntry, VoiceGroup, voiceGroups;
export 'src/flutter/artifact_copy.dart' show CopyProgress;
export 'src/flutter/assets.dart' show UtterAssets;
export 'src/flutter/audio_session.dart' show UtterAudioSession;
export 'src/flutter/lifecycle.dart' show UtterLifecycle;
export 'src/flutter/listenable.dart' show UtterValueListenable;
export 'src/flutter/widgets/error_card.dart' show UtterErrorCard;
export 'src/flutter/widgets/level_meter.dart' show UtterLevelMeter;
export 'src/flutter/widgets/output_picker.dart' show UtterOutputPicker;
export 'src/flutter/widgets/status_page.dart' show UtterStatusPage;
export 'src/flutter/widgets/text_view.dart' show UtterTextView;
export 'src/flutter/widgets/transport.dart' show UtterTransport, UtterTransportLabels;
export 'src/flutter/widgets/voice_picker.dart' show UtterVoicePicker;
