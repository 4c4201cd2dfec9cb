/// A card that says what went wrong and what helps.
library;

import 'package:flutter/material.dart';

import '../../core/view/error_view.dart';

/// Shows [error]: what happened, the hint for whoever must act, and buttons for what can be done
/// here.
class UtterErrorCard extends StatelessWidget {
  /// A card for [error], an `UtterException` or any other.
  const UtterErrorCard({
    super.key,
    required this.error,
    this.onRetry,
    this.onDismiss,
    this.retryLabel = 'Try again',
    this.dismissLabel = 'Dismiss',
  });

  /// What went wrong.
  final Object error;

  /// Tries again; the button is shown only where that can help.
  final VoidCallback? onRetry;

  /// Puts the card away.
  final VoidCallback? onDismiss;

  /// What the button for trying again says.
  final String retryLabel;

  /// What the button for putting the card away says.
  final String dismissLabel;

  @override
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    final view = ErrorView.of(error);
    final color = theme.colorScheme.onErrorContainer;
    final retry = view.canRetry ? onRetry : null;
    return Semantics(
      container: true,
      liveRegion: true,
      child: Card(
        color: theme.colorScheme.errorContainer,
        child: Padding(
          padding: const EdgeInsets.all(16),
          child: Column(
            crossAxisAlignment: CrossAxisAlignment.start,
            mainAxisSize: MainAxisSize.min,
            children: [
              Row(
                children: [
                  ExcludeSemantics(child: Icon(Icons.error_outline, color: color)),
                  const SizedBox(width: 8),
                  Expanded(
                    child: Text(
                      view.title,
                      style: theme.textTheme.titleMedium?.copyWith(color: color),
                    ),
                  ),
                ],
              ),
              const SizedBox(height: 8),
              SelectableText(view.message, style: TextStyle(color: color)),
              if (view.hint.isNotEmpty) ...[
                const SizedBox(height: 4),
                SelectableText(
                  view.hint,
                  style: TextStyle(color: color, fontWeight: FontWeight.w600),
                ),
              ],
              if (retry != null || onDismiss != null)
                Align(
                  alignment: AlignmentDirectional.centerEnd,
                  child: Wrap(
                    spacing: 8,
                    children: [
                      if (onDismiss != null)
                        TextButton(onPressed: onDismiss, child: Text(dismissLabel)),
                      if (retry != null) FilledButton(onPressed: retry, child: Text(retryLabel)),
                    ],
                  ),
                ),
            ],
          ),
        ),
      ),
    );
  }
}
