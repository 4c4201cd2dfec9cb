/// Where an app that is installed keeps its voice, where it can be read in place: Linux, Windows,
/// macOS; iOS is told by the system.
///
/// `UtterAssets` asks. The order is that of the engine: a path that was given, `UTTER_ARTIFACTS`,
/// the app itself. Pure Dart: the caller says what system it is, and tests have their own files.
library;

import 'dart:io';

/// The environment's name for a voice that is to be used in place of all others.
const String artifactsVariable = 'UTTER_ARTIFACTS';

/// Systems that lay out an app's files in ways of their own.
enum AppLayout {
  /// Linux: assets in `data/` beside the program.
  linux,

  /// Windows: the same.
  windows,

  /// macOS: assets in the framework of the app's Dart code.
  macos,
}

/// Folders in which the voice that an app has as its asset [asset] may lie, the likeliest first,
/// for a program at [executable].
List<String> bundledPlaces(AppLayout layout, String executable, String asset) {
  final beside = File(executable).parent.path;
  return switch (layout) {
    AppLayout.linux || AppLayout.windows => [
      '$beside/data/flutter_assets/$asset',
      '$beside/data/$asset',
      '$beside/utter',
    ],
    AppLayout.macos => [
      '${_contents(beside)}/Frameworks/App.framework/Resources/flutter_assets/$asset',
      '${_contents(beside)}/Resources/$asset',
      '${_contents(beside)}/Resources/utter',
    ],
  };
}

/// The first of [places] that holds a voice; null if none does.
String? firstVoice(Iterable<String> places) =>
    places.where((place) => File('$place/manifest.json').existsSync()).firstOrNull;

/// `Contents` of a bundle, from the folder of its program.
String _contents(String folder) => Directory(folder).parent.path;
