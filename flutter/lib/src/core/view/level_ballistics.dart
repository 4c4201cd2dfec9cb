/// How the needle of a level meter moves: at once up, slowly down, with a mark that stays a while
/// at the highest peak.
///
/// `UtterLevelMeter` gives it what `Utter.level` says each time it draws, and draws what it gets.
/// Pure Dart, without a clock of its own: the caller says how much time has passed.
library;

import 'dart:math' as math;

/// The fall of the bar, in dB a second: slow enough to be read (a programme meter falls 20 dB in
/// 1.7 s).
const double fallPerSecond = 20 / 1.7;

/// How long the mark of the highest peak stays.
const Duration peakHold = Duration(milliseconds: 1500);

/// What a meter shows: magnitudes turned into places on a scale from silence to full scale.
final class LevelBallistics {
  /// A meter whose scale begins at [floorDb] below full scale.
  LevelBallistics({this.floorDb = -60})
    : assert(floorDb < 0, 'the scale begins below full scale'),
      _bar = floorDb,
      _peak = floorDb;

  /// Where the scale begins, in dB of full scale.
  final double floorDb;

  double _bar;
  double _peak;
  Duration _held = Duration.zero;

  /// Takes in the level of the last moments, [elapsed] after the call before: [rms] and [peak] as
  /// magnitudes, 1 is full scale.
  void update({required double rms, required double peak, required Duration elapsed}) {
    final seconds = math.max(0, elapsed.inMicroseconds) / Duration.microsecondsPerSecond;
    final fallen = fallPerSecond * seconds;
    _bar = math.max(_decibels(rms), math.max(floorDb, _bar - fallen));
    final level = _decibels(peak);
    _held += elapsed;
    if (level >= _peak) {
      _peak = level;
      _held = Duration.zero;
    } else if (_held > peakHold) {
      _peak = math.max(level, math.max(floorDb, _peak - fallen));
    }
  }

  /// How long the bar is, from 0, silence, to 1, full scale.
  double get bar => _share(_bar);

  /// Where the mark of the highest peak is, from 0 to 1.
  double get mark => _share(_peak);

  /// Whether the meter shows nothing any more, so that it need not be drawn until there is sound
  /// again.
  bool get isAtRest => _bar <= floorDb && _peak <= floorDb;

  /// What is shown, for a screen reader.
  String get description => _bar <= floorDb ? 'silence' : '${_bar.round()} dB';

  double _share(double decibels) => ((decibels - floorDb) / -floorDb).clamp(0, 1);

  double _decibels(double magnitude) {
    if (magnitude.isNaN || magnitude <= 0) {
      return floorDb;
    }
    return (20 * math.log(magnitude) / math.ln10).clamp(floorDb, 0);
  }
}
