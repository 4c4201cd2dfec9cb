/// Fields of the bridge's events, which are one structure whatever the event is: whether one that
/// its kind promises is there, and the conversions that players and the runtime share.
library;

import '../generated/api/error.dart' show ErrorReason;
import '../generated/api/player_events.dart' show TextSpan;
import 'errors.dart';
import 'spoken.dart';

/// The [field] that an event of [kind] has; an exception if it has not, which would be a mistake in
/// the bridge.
T promised<T extends Object>(T? field, String name, Enum kind) =>
    field ??
    (throw UtterException(
      ErrorReason.internal,
      'An event "${kind.name}" has come without "$name".',
      'This is a mistake in Utter; please report it.',
    ));

/// A time of an event.
Duration time(int? micros, String name, Enum kind) =>
    Duration(microseconds: promised(micros, name, kind));

/// A part of a text.
SpokenRange rangeOf(TextSpan span) =>
    SpokenRange(start: span.start, end: span.end, utf8Start: span.utf8Start);
