/// The outputs as a list shows them: the system's default first, and one that was chosen and is
/// gone.
///
/// `UtterOutputPicker` draws it.
library;

import '../../generated/api/status.dart' show OutputDescription;
import '../runtime_state.dart';

/// An output in a list.
final class OutputEntry {
  /// With all its parts.
  const OutputEntry({
    required this.id,
    required this.label,
    this.isMissing = false,
    this.isOpen = false,
  });

  /// What `setOutput` is given; null for the system's default.
  final String? id;

  /// Its name, for people.
  final String label;

  /// Whether it was chosen and is not there.
  final bool isMissing;

  /// Whether it is the one that is open.
  final bool isOpen;

  @override
  bool operator ==(Object other) =>
      other is OutputEntry &&
      id == other.id &&
      label == other.label &&
      isMissing == other.isMissing &&
      isOpen == other.isOpen;

  @override
  int get hashCode => Object.hash(id, label, isMissing, isOpen);

  @override
  String toString() => 'OutputEntry($id: $label)';
}

/// The entries for [outputs], as [state] has them. Two outputs of one name are told apart by their
/// ids.
List<OutputEntry> outputEntries(Iterable<OutputDescription> outputs, RuntimeState state) {
  final all = outputs.toList();
  final names = <String, int>{};
  for (final output in all) {
    names.update(output.name, (count) => count + 1, ifAbsent: () => 1);
  }
  final standard = all.where((output) => output.isDefault).firstOrNull;
  final chosen = state.route;
  final isThere = chosen == null || all.any((output) => output.id == chosen);
  return [
    OutputEntry(
      id: null,
      label: standard == null ? 'System default' : 'System default: ${standard.name}',
      isOpen: chosen == null && state.output != null,
    ),
    for (final output in all)
      OutputEntry(
        id: output.id,
        label: names[output.name] == 1 ? output.name : '${output.name} [${output.id}]',
        isOpen: chosen == output.id && state.output?.id == output.id,
      ),
    if (!isThere) OutputEntry(id: chosen, label: '$chosen (not connected)', isMissing: true),
  ];
}
