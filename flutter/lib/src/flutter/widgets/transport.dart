/// The buttons of a screen that speaks: speak, pause or go on, stop.
library;

import 'package:flutter/material.dart';

import '../../core/view/reader.dart';
import '../../core/view/reader_state.dart';
import '../listenable.dart';

/// The words on the buttons, for other languages.
class UtterTransportLabels {
  /// In English, if nothing is said.
  const UtterTransportLabels({
    this.speak = 'Speak',
    this.pause = 'Pause',
    this.resume = 'Go on',
    this.stop = 'Stop',
    this.reattach = 'Connect again',
  });

  /// Says the text.
  final String speak;

  /// Pauses it.
  final String pause;

  /// Goes on.
  final String resume;

  /// Stops it.
  final String stop;

  /// Attaches a player that was evicted.
  final String reattach;
}

/// Buttons for [reader]; which of them can be pressed its state says.
class UtterTransport extends StatelessWidget {
  /// Buttons that say what [text] gives when "speak" is pressed, with [voice] and [speed].
  const UtterTransport({
    super.key,
    required this.reader,
    required this.text,
    this.voice,
    this.speed,
    this.labels = const UtterTransportLabels(),
  });

  /// Who says it.
  final UtterReader reader;

  /// Gives the text.
  final ValueGetter<String> text;

  /// The voice, or a blend of voices; the engine's own by default.
  final String? voice;

  /// The tempo; 1 is the voice's own.
  final double? speed;

  /// The words on the buttons.
  final UtterTransportLabels labels;

  @override
  Widget build(BuildContext context) => ValueListenableBuilder<ReaderState>(
    valueListenable: reader.state.listenable,
    builder:
        (context, state, _) => Wrap(
          spacing: 8,
          runSpacing: 8,
          crossAxisAlignment: WrapCrossAlignment.center,
          children: [
            if (state.phase == ReaderPhase.detached)
              FilledButton.icon(
                onPressed: state.canReattach ? reader.reattach : null,
                icon: const Icon(Icons.link),
                label: Text(labels.reattach),
              )
            else
              FilledButton.icon(
                onPressed: state.canSpeak ? _speak : null,
                icon: const Icon(Icons.play_arrow),
                label: Text(labels.speak),
              ),
            if (state.canResume)
              IconButton.filledTonal(
                onPressed: reader.resume,
                tooltip: labels.resume,
                icon: const Icon(Icons.play_circle),
              )
            else
              IconButton.filledTonal(
                onPressed: state.canPause ? reader.pause : null,
                tooltip: labels.pause,
                icon: const Icon(Icons.pause),
              ),
            IconButton.filledTonal(
              onPressed: state.canStop ? reader.stop : null,
              tooltip: labels.stop,
              icon: const Icon(Icons.stop),
            ),
          ],
        ),
  );

  void _speak() => reader.speak(text(), voice: voice, speed: speed);
}
