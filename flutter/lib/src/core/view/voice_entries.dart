/// The voices as a list shows them: by language, with names that a person reads.
///
/// `UtterVoicePicker` draws it. Names follow the model's pattern, `af_heart`: language, gender,
/// name; others are shown as they are.
library;

import '../../generated/api/status.dart' show VoiceDescription;

/// A voice in a list.
final class VoiceEntry {
  /// With all its parts.
  const VoiceEntry({required this.name, required this.label, required this.detail});

  /// What requests call it.
  final String name;

  /// Its name, for people.
  final String label;

  /// What else is known of it, for people; may be empty.
  final String detail;

  /// Both in one line.
  String get title => detail.isEmpty ? label : '$label ($detail)';

  @override
  bool operator ==(Object other) =>
      other is VoiceEntry && name == other.name && label == other.label && detail == other.detail;

  @override
  int get hashCode => Object.hash(name, label, detail);

  @override
  String toString() => 'VoiceEntry($name: $title)';
}

/// The voices of a language.
final class VoiceGroup {
  /// With all its parts.
  const VoiceGroup({required this.label, required this.voices});

  /// The language, for people.
  final String label;

  /// Its voices, by their names.
  final List<VoiceEntry> voices;
}

const Map<String, String> _languages = {
  'en-US': 'English (United States)',
  'en-GB': 'English (United Kingdom)',
  'es': 'Spanish',
  'fr': 'French',
  'hi': 'Hindi',
  'it': 'Italian',
  'ja': 'Japanese',
  'pt-BR': 'Portuguese (Brazil)',
  'zh': 'Chinese (Mandarin)',
};

final _pattern = RegExp(r'^[a-z]([fm])_(.+)$');

/// The [voices] by language: the languages in the order in which they come, the app's own voices
/// last.
List<VoiceGroup> voiceGroups(Iterable<VoiceDescription> voices) {
  final byLabel = <String, List<VoiceEntry>>{};
  const own = 'Other voices';
  for (final voice in voices) {
    final language = voice.language;
    final label = language == null ? own : _languages[language] ?? language;
    (byLabel[label] ??= []).add(_entry(voice));
  }
  final others = byLabel.remove(own);
  if (others != null) {
    byLabel[own] = others;
  }
  return [
    for (final MapEntry(:key, :value) in byLabel.entries)
      VoiceGroup(
        label: key,
        voices: value..sort((a, b) => a.label.toLowerCase().compareTo(b.label.toLowerCase())),
      ),
  ];
}

VoiceEntry _entry(VoiceDescription voice) {
  final found = _pattern.firstMatch(voice.name);
  final given = voice.language == null ? null : found?.group(2);
  return VoiceEntry(
    name: voice.name,
    label: given == null || given.isEmpty ? voice.name : _capitalised(given),
    detail: [
      if (given != null) found?.group(1) == 'f' ? 'female' : 'male',
      if (!voice.readsText) 'needs espeak-ng or phonemes',
    ].join(', '),
  );
}

String _capitalised(String name) => name[0].toUpperCase() + name.substring(1).replaceAll('_', ' ');
