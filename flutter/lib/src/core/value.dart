/// Values that can be looked at and followed, as Flutter's `ValueListenable` without Flutter.
///
/// [UtterValue] is what apps see; the core sets them through [UtterValueSource].
library;

import 'dart:async';

/// A value that changes. Whoever listens is told of each change, in the order in which they came to
/// listen.
abstract interface class UtterValue<T> {
  /// The value now.
  T get value;

  /// Has [listener] called after each change, until it is removed. One that was added twice is
  /// called twice. It runs in the zone of this call, where it also reports what it throws: the
  /// other listeners are told all the same.
  void addListener(void Function() listener);

  /// Takes one [listener] back; nothing happens if it is not there.
  void removeListener(void Function() listener);

  /// The values that follow. It can be listened to often, and ends with what the value belongs to.
  Stream<T> get stream;
}

/// A value that can be set. One that equals the present one is no change.
final class UtterValueSource<T> implements UtterValue<T> {
  /// With the first value.
  UtterValueSource(this._value);

  T _value;
  List<(void Function(), Zone)> _listeners = const [];
  final StreamController<T> _changes = StreamController<T>.broadcast();
  bool _isClosed = false;

  @override
  T get value => _value;

  set value(T value) {
    if (_isClosed || value == _value) return;
    _value = value;
    _tell();
  }

  @override
  void addListener(void Function() listener) {
    if (!_isClosed) _listeners = [..._listeners, (listener, Zone.current)];
  }

  @override
  void removeListener(void Function() listener) {
    final at = _listeners.indexWhere((entry) => entry.$1 == listener);
    if (at >= 0) _listeners = [..._listeners]..removeAt(at);
  }

  @override
  Stream<T> get stream => _changes.stream;

  /// Sets the last value. It can be read at once, but those who listen are told in a microtask: the
  /// last value is set where an app disposes of something, and Flutter forbids changes in the
  /// middle of that.
  void close(T last) {
    if (_isClosed) return;
    _isClosed = true;
    final isChange = last != _value;
    _value = last;
    scheduleMicrotask(() {
      if (isChange) _tell();
      _listeners = const [];
      _changes.close();
    });
  }

  void _tell() {
    _changes.add(_value);
    // The list of now: who is added or removed meanwhile changes another one.
    for (final entry in _listeners) {
      if (!_listeners.contains(entry)) continue;
      final (listener, zone) = entry;
      zone.runGuarded(listener);
    }
  }
}
