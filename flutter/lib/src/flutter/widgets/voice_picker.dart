/// A menu of voices, by language.
library;

import 'package:flutter/material.dart';

import '../../core/view/voice_entries.dart';
import '../../generated/api/status.dart' show VoiceDescription;

/// Lets one of [voices] be chosen, as `Utter.voices` gives them. Which is chosen is known to
/// whoever shows it.
class UtterVoicePicker extends StatelessWidget {
  /// A menu of [voices], of which [selected] is chosen.
  const UtterVoicePicker({
    super.key,
    required this.voices,
    required this.selected,
    required this.onSelected,
    this.label = 'Voice',
    this.width,
  });

  /// The voices that there are.
  final List<VoiceDescription> voices;

  /// The name of the one that is chosen; null if none is.
  final String? selected;

  /// Is told the name of the one that the user has chosen; null makes the menu one that cannot be
  /// opened.
  final ValueChanged<String>? onSelected;

  /// What the menu is called.
  final String label;

  /// How wide it is; as wide as its widest entry by default.
  final double? width;

  @override
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return DropdownMenu<String>(
      // The menu keeps what was chosen in it; another choice from outside makes another menu.
      key: ValueKey(selected),
      enabled: onSelected != null && voices.isNotEmpty,
      initialSelection: selected,
      label: Text(label),
      width: width,
      menuHeight: 400,
      enableFilter: true,
      requestFocusOnTap: true,
      onSelected: (name) {
        if (name != null) {
          onSelected?.call(name);
        }
      },
      dropdownMenuEntries: [
        for (final group in voiceGroups(voices)) ...[
          DropdownMenuEntry(
            value: '',
            label: group.label,
            enabled: false,
            style: MenuItemButton.styleFrom(
              disabledForegroundColor: theme.colorScheme.primary,
              textStyle: theme.textTheme.labelLarge,
            ),
          ),
          for (final voice in group.voices)
            DropdownMenuEntry(value: voice.name, label: voice.title),
        ],
      ],
    );
  }
}
