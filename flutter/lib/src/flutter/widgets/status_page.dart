/// A page that shows how everything is doing.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:flutter/services.dart';

import '../../core/errors.dart';
import '../../core/status.dart';
import '../../core/utter.dart';
import '../../core/view/status_rows.dart';
import 'error_card.dart';

/// Shows the status of [utter], asked for anew from time to time, with a button that copies it as
/// text.
///
/// It is the body of a page or a sheet; the app puts its own bar above it. All that it keeps is the
/// last answer.
class UtterStatusPage extends StatefulWidget {
  /// A page that asks every [interval].
  const UtterStatusPage({
    super.key,
    required this.utter,
    this.interval = const Duration(seconds: 1),
    this.copyLabel = 'Copy',
  });

  /// What is asked.
  final Utter utter;

  /// The time between two questions.
  final Duration interval;

  /// What the button for copying says.
  final String copyLabel;

  @override
  State<UtterStatusPage> createState() => _UtterStatusPageState();
}

class _UtterStatusPageState extends State<UtterStatusPage> {
  Timer? _timer;
  UtterStatus? _status;
  UtterException? _error;

  @override
  void initState() {
    super.initState();
    unawaited(_ask());
  }

  @override
  void dispose() {
    _timer?.cancel();
    super.dispose();
  }

  /// Asks, and again [UtterStatusPage.interval] after the answer, so that questions never pile up.
  Future<void> _ask() async {
    UtterStatus? status;
    UtterException? error;
    try {
      status = await widget.utter.status();
    } on UtterException catch (thrown) {
      error = thrown;
    }
    if (!mounted) {
      return;
    }
    setState(() {
      _status = status ?? _status;
      _error = error;
    });
    _timer = Timer(widget.interval, () => unawaited(_ask()));
  }

  @override
  Widget build(BuildContext context) {
    final status = _status;
    final error = _error;
    return ListView(
      padding: const EdgeInsets.all(16),
      children: [
        if (error != null) UtterErrorCard(error: error),
        if (status == null && error == null) const Center(child: CircularProgressIndicator()),
        if (status != null) ...[
          for (final section in statusSections(status)) _Section(section),
          Align(
            alignment: AlignmentDirectional.centerStart,
            child: OutlinedButton.icon(
              onPressed: () => Clipboard.setData(ClipboardData(text: statusText(status))),
              icon: const Icon(Icons.copy),
              label: Text(widget.copyLabel),
            ),
          ),
        ],
      ],
    );
  }
}

class _Section extends StatelessWidget {
  const _Section(this.section);

  final StatusSection section;

  @override
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Padding(
      padding: const EdgeInsets.only(bottom: 16),
      child: Column(
        crossAxisAlignment: CrossAxisAlignment.start,
        children: [
          Semantics(
            header: true,
            child: Text(section.title, style: theme.textTheme.titleMedium),
          ),
          for (final row in section.rows) _Row(row),
        ],
      ),
    );
  }
}

class _Row extends StatelessWidget {
  const _Row(this.row);

  final StatusRow row;

  @override
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    final color = row.isTrouble ? theme.colorScheme.error : null;
    return MergeSemantics(
      child: Padding(
        padding: const EdgeInsets.symmetric(vertical: 2),
        child: Row(
          crossAxisAlignment: CrossAxisAlignment.start,
          children: [
            SizedBox(
              width: 160,
              child: Text(
                row.label,
                style: theme.textTheme.bodyMedium?.copyWith(
                  color: theme.colorScheme.onSurfaceVariant,
                ),
              ),
            ),
            Expanded(
              child: Text(row.value, style: theme.textTheme.bodyMedium?.copyWith(color: color)),
            ),
          ],
        ),
      ),
    );
  }
}
