/// A menu of outputs: the system's default and every device.
library;

import 'package:flutter/material.dart';

import '../../core/runtime_state.dart';
import '../../core/view/output_entries.dart';
import '../../generated/api/status.dart' show OutputDescription;

/// Lets the output be chosen. What `onSelected` is told goes to `Utter.setOutput`; which one is
/// chosen then [state] says, so the menu shows what is, and not what was wished.
class UtterOutputPicker extends StatelessWidget {
  /// A menu of [outputs], as `Utter.outputs` gives them, and as the runtime's [state] has them.
  const UtterOutputPicker({
    super.key,
    required this.outputs,
    required this.state,
    required this.onSelected,
    this.label = 'Output',
    this.width,
  });

  /// The outputs that there are.
  final List<OutputDescription> outputs;

  /// How things stand with the runtime.
  final RuntimeState state;

  /// Is told the id of the one that the user has chosen, null for the system's default.
  final ValueChanged<String?>? onSelected;

  /// What the menu is called.
  final String label;

  /// How wide it is; as wide as its widest entry by default.
  final double? width;

  @override
  Widget build(BuildContext context) {
    final entries = outputEntries(outputs, state);
    final chosen = entries.firstWhere((entry) => entry.id == state.route);
    return DropdownMenu<OutputEntry>(
      // The menu keeps what was chosen in it; a change of the route, or of its name, makes another
      // menu.
      key: ValueKey(chosen),
      enabled: onSelected != null,
      initialSelection: chosen,
      label: Text(label),
      width: width,
      requestFocusOnTap: false,
      onSelected: (entry) {
        if (entry != null) {
          onSelected?.call(entry.id);
        }
      },
      dropdownMenuEntries: [
        for (final entry in entries)
          DropdownMenuEntry(
            value: entry,
            label: entry.label,
            enabled: !entry.isMissing,
            leadingIcon: Icon(entry.isOpen ? Icons.volume_up : Icons.speaker_outlined),
          ),
      ],
    );
  }
}
