/// The one exception of Utter, and the door through which every call of the bridge goes, so that
/// nothing else comes out.
library;

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart';

import '../generated/api/error.dart';

/// Why something could not be done: a reason to match on, and for a person a message and what
/// helps.
final class UtterException implements Exception {
  /// An exception with all its parts.
  const UtterException(this.reason, this.message, this.hint);

  /// What kind of trouble it is.
  final ErrorReason reason;

  /// What happened, for a person.
  final String message;

  /// What that person can do.
  final String hint;

  @override
  bool operator ==(Object other) =>
      other is UtterException &&
      reason == other.reason &&
      message == other.message &&
      hint == other.hint;

  @override
  int get hashCode => Object.hash(reason, message, hint);

  @override
  String toString() => 'UtterException(${reason.name}): $message $hint';
}

/// The exception for whatever the bridge threw.
UtterException exceptionOf(Object error) => switch (error) {
  UtterException() => error,
  BridgeError(:final reason, :final message, :final hint) => UtterException(reason, message, hint),
  PanicException(:final message) => UtterException(
    ErrorReason.internal,
    'Utter has panicked: $message',
    'This is a mistake in Utter; please report it. Everything else goes on.',
  ),
  _ => UtterException(
    ErrorReason.internal,
    'The bridge to Utter failed: $error',
    'This is a mistake in Utter; please report it.',
  ),
};

/// What is said where there is no runtime.
UtterException notInitialised() => const UtterException(
  ErrorReason.notInitialised,
  'There is no runtime.',
  'Call Utter.init first, and again after a shutdown.',
);

/// Calls the bridge; whatever goes wrong is an [UtterException].
Future<T> guarded<T>(Future<T> Function() call) async {
  try {
    return await call();
  } on Object catch (error, trace) {
    Error.throwWithStackTrace(exceptionOf(error), trace);
  }
}

/// The same for a call that answers at once.
T guardedSync<T>(T Function() call) {
  try {
    return call();
  } on Object catch (error, trace) {
    Error.throwWithStackTrace(exceptionOf(error), trace);
  }
}
