/// What can be chosen: voice and speed of the next text, and the output of everything.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:utter/utter.dart';

/// The voices that there are, and a slider for the speed.
class VoiceAndSpeed extends StatelessWidget {
  const VoiceAndSpeed({
    super.key,
    required this.utter,
    required this.voice,
    required this.speed,
    required this.onVoice,
    required this.onSpeed,
  });

  final Utter utter;
  final String? voice;
  final double speed;
  final ValueChanged<String> onVoice;
  final ValueChanged<double> onSpeed;

  @override
  Widget build(BuildContext context) => Wrap(
    spacing: 16,
    runSpacing: 8,
    crossAxisAlignment: WrapCrossAlignment.center,
    children: [
      Asked<List<VoiceDescription>>(
        ask: utter.voices,
        empty: const [],
        builder:
            (context, voices) =>
                UtterVoicePicker(voices: voices, selected: voice, onSelected: onVoice, width: 320),
      ),
      SizedBox(
        width: 240,
        child: Slider(
          value: speed,
          min: 0.5,
          max: 2,
          divisions: 15,
          label: '${speed.toStringAsFixed(1)} times as fast',
          onChanged: onSpeed,
        ),
      ),
    ],
  );
}

/// The outputs that there are; asked for anew whenever one is opened, lost or chosen.
class OutputChoice extends StatelessWidget {
  const OutputChoice({super.key, required this.utter});

  final Utter utter;

  @override
  Widget build(BuildContext context) => ValueListenableBuilder<RuntimeState>(
    valueListenable: utter.state.listenable,
    builder:
        (context, state, _) => Asked<List<OutputDescription>>(
          key: ValueKey((state.output?.id, state.route, state.losses)),
          ask: utter.outputs,
          empty: const [],
          builder:
              (context, outputs) => UtterOutputPicker(
                outputs: outputs,
                state: state,
                width: 320,
                onSelected: (id) => unawaited(utter.setOutput(id)),
              ),
        ),
  );
}

/// Asks for something once, and builds with the answer; with [empty] until it comes, and a card if
/// it fails.
class Asked<T> extends StatefulWidget {
  const Asked({super.key, required this.ask, required this.empty, required this.builder});

  final Future<T> Function() ask;
  final T empty;
  final Widget Function(BuildContext context, T answer) builder;

  @override
  State<Asked<T>> createState() => _AskedState<T>();
}

class _AskedState<T> extends State<Asked<T>> {
  late Future<T> _answer = widget.ask();

  @override
  Widget build(BuildContext context) => FutureBuilder<T>(
    future: _answer,
    builder: (context, snapshot) {
      final error = snapshot.error;
      if (error != null) {
        return UtterErrorCard(error: error, onRetry: () => setState(() => _answer = widget.ask()));
      }
      return widget.builder(context, snapshot.data ?? widget.empty);
    },
  );
}
