/// Values that are followed: who is told what, and what listeners may do to each other.
library;

import 'dart:async';

import 'package:test/test.dart';
import 'package:utter/src/core/value.dart';

void main() {
  test('listeners are told of changes, in the order in which they came, and of nothing else', () {
    final value = UtterValueSource(1);
    final told = <String>[];
    value
      ..addListener(() => told.add('a${value.value}'))
      ..addListener(() => told.add('b${value.value}'))
      ..value = 2
      ..value = 2
      ..value = 3;
    expect(told, ['a2', 'b2', 'a3', 'b3']);
  });

  test('a listener that was removed is told nothing, even in the middle of a change', () {
    final value = UtterValueSource(0);
    final told = <String>[];
    void second() => told.add('second');
    value
      ..addListener(() {
        told.add('first');
        value.removeListener(second);
      })
      ..addListener(second)
      ..value = 1
      ..value = 2;
    expect(told, ['first', 'first']);
  });

  test('one that was added in the middle of a change is told of the next', () {
    final value = UtterValueSource(0);
    final told = <int>[];
    var isAdded = false;
    value
      ..addListener(() {
        if (!isAdded) value.addListener(() => told.add(value.value));
        isAdded = true;
      })
      ..value = 1
      ..value = 2;
    expect(told, [2]);
  });

  test('one that was added twice is called twice, and removed once', () {
    final value = UtterValueSource(0);
    var calls = 0;
    void listener() => calls += 1;
    value
      ..addListener(listener)
      ..addListener(listener)
      ..value = 1
      ..removeListener(listener)
      ..value = 2
      ..removeListener(listener)
      ..removeListener(listener)
      ..value = 3;
    expect(calls, 3);
  });

  test('one that throws is reported to its zone, and the others are told', () {
    final reported = <Object>[];
    final told = <int>[];
    runZonedGuarded(
      () => UtterValueSource(0)
        ..addListener(() => throw StateError('a mistake of the app'))
        ..addListener(() => told.add(1))
        ..value = 1,
      (error, _) => reported.add(error),
    );
    expect(told, [1]);
    expect(reported, hasLength(1));
  });

  test('its stream has what follows, for everybody who listens', () async {
    final value = UtterValueSource('a');
    final first = <String>[];
    final second = <String>[];
    value
      ..stream.listen(first.add)
      ..value = 'b';
    await Future<void>.delayed(Duration.zero);
    value
      ..stream.listen(second.add)
      ..value = 'c';
    await Future<void>.delayed(Duration.zero);
    expect(first, ['b', 'c']);
    expect(second, ['c']);
  });

  test('closing sets the last value at once, tells of it later, and ends the stream', () async {
    final value = UtterValueSource(1);
    final told = <int>[];
    final rest = value.stream.toList();
    value
      ..addListener(() => told.add(value.value))
      ..close(2);
    expect(value.value, 2);
    expect(told, isEmpty);
    await Future<void>.delayed(Duration.zero);
    expect(told, [2]);
    value
      ..value = 3
      ..close(4)
      ..addListener(() => told.add(-1));
    expect(value.value, 2);
    expect(await rest, [2]);
  });
}
