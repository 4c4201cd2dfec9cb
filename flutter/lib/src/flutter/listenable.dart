/// The core's values as Flutter's, so that a `ValueListenableBuilder` can follow them.
library;

import 'package:flutter/foundation.dart';

import '../core/value.dart';

/// Gives a value of the core to widgets.
extension UtterValueListenable<T> on UtterValue<T> {
  /// The same value for `ValueListenableBuilder` and `AnimatedBuilder`. It holds nothing and need
  /// not be disposed of; two of one value are equal, so a rebuild does not listen anew.
  ValueListenable<T> get listenable => _Listenable(this);
}

final class _Listenable<T> implements ValueListenable<T> {
  const _Listenable(this._source);

  final UtterValue<T> _source;

  @override
  T get value => _source.value;

  @override
  void addListener(VoidCallback listener) => _source.addListener(listener);

  @override
  void removeListener(VoidCallback listener) => _source.removeListener(listener);

  @override
  bool operator ==(Object other) => other is _Listenable<T> && identical(other._source, _source);

  @override
  int get hashCode => identityHashCode(_source);

  @override
  String toString() => 'UtterValue($value)';
}
