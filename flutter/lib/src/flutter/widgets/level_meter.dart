/// A level meter of what is heard.
library;

import 'package:flutter/foundation.dart';
import 'package:flutter/material.dart';
import 'package:flutter/scheduler.dart';

import '../../core/utter.dart';
import '../../core/view/level_ballistics.dart';

/// Shows how loud [utter] is, as a bar with a mark at the highest peak of the last moments.
///
/// It asks for the level whenever a frame is drawn, and draws only when something has changed.
/// Where it is not visible (`TickerMode`), it does not ask. All that it keeps is the place of its
/// needle.
class UtterLevelMeter extends StatefulWidget {
  /// A meter, as wide as there is room.
  const UtterLevelMeter({
    super.key,
    required this.utter,
    this.height = 8,
    this.semanticsLabel = 'Sound level',
  });

  /// What is heard.
  final Utter utter;

  /// How high the bar is.
  final double height;

  /// What a screen reader calls it.
  final String semanticsLabel;

  @override
  State<UtterLevelMeter> createState() => _UtterLevelMeterState();
}

class _UtterLevelMeterState extends State<UtterLevelMeter> with SingleTickerProviderStateMixin {
  final LevelBallistics _ballistics = LevelBallistics();
  final ValueNotifier<(double, double)> _shown = ValueNotifier((0, 0));
  late final Ticker _ticker = createTicker(_tick);
  Duration _last = Duration.zero;

  @override
  void initState() {
    super.initState();
    _ticker.start();
  }

  @override
  void dispose() {
    _ticker.dispose();
    _shown.dispose();
    super.dispose();
  }

  void _tick(Duration now) {
    final level = widget.utter.level;
    _ballistics.update(rms: level.rms, peak: level.peak, elapsed: now - _last);
    _last = now;
    _shown.value = (_ballistics.bar, _ballistics.mark);
  }

  @override
  Widget build(BuildContext context) {
    final colors = Theme.of(context).colorScheme;
    return Semantics(
      label: widget.semanticsLabel,
      image: true,
      child: RepaintBoundary(
        child: CustomPaint(
          size: Size(double.infinity, widget.height),
          painter: _MeterPainter(
            _shown,
            ground: colors.surfaceContainerHighest,
            bar: colors.primary,
            mark: colors.tertiary,
          ),
        ),
      ),
    );
  }
}

class _MeterPainter extends CustomPainter {
  _MeterPainter(this.shown, {required this.ground, required this.bar, required this.mark})
    : super(repaint: shown);

  final ValueListenable<(double, double)> shown;
  final Color ground;
  final Color bar;
  final Color mark;

  @override
  void paint(Canvas canvas, Size size) {
    final (barShare, markShare) = shown.value;
    final radius = Radius.circular(size.height / 2);
    final whole = Offset.zero & size;
    final paint = Paint()..color = ground;
    canvas.clipRRect(RRect.fromRectAndRadius(whole, radius));
    canvas.drawRect(whole, paint);
    canvas.drawRect(Rect.fromLTWH(0, 0, size.width * barShare, size.height), paint..color = bar);
    if (markShare > 0) {
      const width = 2.0;
      final left = (size.width * markShare - width).clamp(0.0, size.width);
      canvas.drawRect(Rect.fromLTWH(left, 0, width, size.height), paint..color = mark);
    }
  }

  @override
  bool shouldRepaint(_MeterPainter old) =>
      old.shown != shown || old.ground != ground || old.bar != bar || old.mark != mark;
}
