/// How the needle of the level meter moves.
library;

import 'package:test/test.dart';
import 'package:utter/src/core/view/level_ballistics.dart';

const _frame = Duration(milliseconds: 100);

double _rounded(double share) => (share * 1000).round() / 1000;

void main() {
  test('it rises at once, on a scale of decibels', () {
    final meter = LevelBallistics();
    expect(meter.isAtRest, isTrue);
    // A tenth of full scale is 20 dB below it: two thirds of a scale of 60 dB.
    meter.update(rms: 0.1, peak: 1, elapsed: _frame);
    expect(_rounded(meter.bar), 0.667);
    expect(meter.mark, 1.0);
    expect(meter.description, '-20 dB');
    expect(meter.isAtRest, isFalse);
  });

  test('it falls 20 dB in 1.7 s', () {
    final meter = LevelBallistics()..update(rms: 1, peak: 1, elapsed: _frame);
    for (var i = 0; i < 17; i++) {
      meter.update(rms: 0, peak: 0, elapsed: _frame);
    }
    expect(_rounded(meter.bar), 0.667);
  });

  test('the mark stays for a while, then falls to silence', () {
    final meter = LevelBallistics()..update(rms: 0.5, peak: 1, elapsed: _frame);
    for (var i = 0; i < 15; i++) {
      meter.update(rms: 0, peak: 0, elapsed: _frame);
    }
    expect(meter.mark, 1.0);
    meter.update(rms: 0, peak: 0, elapsed: _frame);
    expect(meter.mark < 1, isTrue);
    for (var i = 0; i < 60; i++) {
      meter.update(rms: 0, peak: 0, elapsed: _frame);
    }
    expect(meter.mark, 0.0);
    expect(meter.isAtRest, isTrue);
    expect(meter.description, 'silence');
  });

  test('a new peak holds the mark anew', () {
    final meter = LevelBallistics()..update(rms: 0, peak: 0.5, elapsed: _frame);
    for (var i = 0; i < 10; i++) {
      meter.update(rms: 0, peak: 0, elapsed: _frame);
    }
    meter.update(rms: 0, peak: 1, elapsed: _frame);
    for (var i = 0; i < 15; i++) {
      meter.update(rms: 0, peak: 0, elapsed: _frame);
    }
    expect(meter.mark, 1.0);
  });

  test('nothing that is given takes it off the scale', () {
    final meter = LevelBallistics();
    for (final value in [double.nan, double.infinity, -1.0, 2.0, 1e-30]) {
      meter.update(rms: value, peak: value, elapsed: _frame);
      expect(meter.bar >= 0 && meter.bar <= 1, isTrue, reason: '$value');
      expect(meter.mark >= 0 && meter.mark <= 1, isTrue, reason: '$value');
    }
  });
}
