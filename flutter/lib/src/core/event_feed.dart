/// A stream of the bridge's events, checked for order: numbers without a gap, snapshots where they
/// belong.
///
/// Players' attachments and the runtime have one each. It drops what is told twice and reports what
/// is missing, and knows nothing of what events mean.
library;

import 'dart:async';

import 'errors.dart';

/// What the feed has to know of an event.
enum EventPlace {
  /// It has no number and changes nothing.
  aside,

  /// Some are lost, and a snapshot follows.
  lagged,

  /// It says how things are after the event of its number.
  snapshot,

  /// It is the next one.
  inOrder,
}

/// Follows a stream of events of type [E] until it ends or is left.
final class EventFeed<E> {
  /// Begins to listen at once.
  EventFeed(
    Stream<E> events, {
    required (EventPlace, int?) Function(E event) place,
    required void Function(E event) onEvent,
    required void Function(int expected, int received) onGap,
    required void Function(UtterException error) onError,
    required void Function() onEnd,
  }) : _place = place,
       _onEvent = onEvent,
       _onGap = onGap,
       _onError = onError {
    _subscription = events.listen(
      _read,
      onError: (Object error) => _onError(exceptionOf(error)),
      onDone: onEnd,
    );
  }

  final (EventPlace, int?) Function(E event) _place;
  final void Function(E event) _onEvent;
  final void Function(int expected, int received) _onGap;
  final void Function(UtterException error) _onError;
  late final StreamSubscription<E> _subscription;
  int? _last;
  bool _isLagging = false;

  /// Listens no more.
  void leave() => _subscription.cancel().ignore();

  void _read(E event) {
    final (place, number) = _place(event);
    switch (place) {
      case EventPlace.aside:
        break;
      case EventPlace.lagged:
        _isLagging = true;
      case EventPlace.snapshot:
        final last = _last;
        if (!_isLagging && last != null && number != last) _onGap(last, number ?? last);
        _isLagging = false;
        _last = number;
      case EventPlace.inOrder:
        if (!_isNext(number)) return;
    }
    try {
      _onEvent(event);
    } on UtterException catch (error) {
      _onError(error);
    }
  }

  /// Whether an event of this number is to be told. One that was told is not; one that comes too
  /// early is.
  bool _isNext(int? number) {
    final last = _last;
    if (number == null || last == null) {
      _last = number;
      return true;
    }
    if (number != last + 1) _onGap(last + 1, number);
    if (number <= last) return false;
    _last = number;
    return true;
  }
}
