/// What an error card shows: what happened, what helps, and whether trying again can.
///
/// `UtterErrorCard` draws it.
library;

import '../../generated/api/error.dart' show ErrorReason;
import '../errors.dart';

/// An error, for people.
final class ErrorView {
  /// With all its parts.
  const ErrorView({
    required this.title,
    required this.message,
    required this.hint,
    required this.canRetry,
  });

  /// For an [error] of Utter's or another.
  factory ErrorView.of(Object error) => switch (error) {
    UtterException(:final reason, :final message, :final hint) => ErrorView(
      title: _title(reason),
      message: message,
      hint: hint,
      canRetry: _canRetry(reason),
    ),
    _ => ErrorView(title: 'Something went wrong', message: '$error', hint: '', canRetry: false),
  };

  /// The kind of trouble, in a few words.
  final String title;

  /// What happened.
  final String message;

  /// What the person can do; may be empty.
  final String hint;

  /// Whether the same may succeed if it is tried again.
  final bool canRetry;
}

String _title(ErrorReason reason) => switch (reason) {
  ErrorReason.notInitialised => 'Utter is not running',
  ErrorReason.otherConfiguration => 'Utter runs with other settings',
  ErrorReason.shuttingDown => 'Utter is shutting down',
  ErrorReason.staleClient => 'The player was disconnected',
  ErrorReason.missingArtifacts => 'There is no voice',
  ErrorReason.damagedArtifacts => 'The voice is damaged',
  ErrorReason.invalidDevice => 'There is no such device',
  ErrorReason.invalidVoice => 'There is no such voice',
  ErrorReason.invalidInput => 'That cannot be said',
  ErrorReason.queueFull => 'Too much is waiting',
  ErrorReason.output => 'There is no sound output',
  ErrorReason.file => 'A file cannot be used',
  ErrorReason.plugin => 'A plugin fails',
  ErrorReason.tvm => 'The voice cannot compute',
  ErrorReason.system => 'The system refuses',
  ErrorReason.cancelled => 'It was stopped',
  ErrorReason.internal => 'A mistake in Utter',
};

bool _canRetry(ErrorReason reason) => switch (reason) {
  ErrorReason.staleClient ||
  ErrorReason.missingArtifacts ||
  ErrorReason.damagedArtifacts ||
  ErrorReason.queueFull ||
  ErrorReason.output ||
  ErrorReason.file ||
  ErrorReason.system ||
  ErrorReason.shuttingDown ||
  ErrorReason.cancelled => true,
  ErrorReason.notInitialised ||
  ErrorReason.otherConfiguration ||
  ErrorReason.invalidDevice ||
  ErrorReason.invalidVoice ||
  ErrorReason.invalidInput ||
  ErrorReason.plugin ||
  ErrorReason.tvm ||
  ErrorReason.internal => false,
};
