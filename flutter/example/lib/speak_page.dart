/// The screen that speaks.
library;

import 'package:flutter/material.dart';
import 'package:utter/utter.dart';

import 'pickers.dart';
import 'session.dart';

/// A text to be written, what is said of it, and all that can be set.
class SpeakPage extends StatefulWidget {
  const SpeakPage({
    super.key,
    required this.session,
    this.startError,
    this.onRetry,
    this.onDismissed,
  });

  final Session session;

  /// What went wrong while the voice was loaded.
  final Object? startError;

  /// Loads it again.
  final VoidCallback? onRetry;

  /// Puts the error away.
  final VoidCallback? onDismissed;

  @override
  State<SpeakPage> createState() => _SpeakPageState();
}

class _SpeakPageState extends State<SpeakPage> {
  final TextEditingController _text = TextEditingController(
    text: 'The quick brown fox jumps over the lazy dog. Every word is shown when it is heard.',
  );
  String? _voice;
  double _speed = 1;

  @override
  void dispose() {
    _text.dispose();
    super.dispose();
  }

  @override
  Widget build(BuildContext context) {
    final Session(:utter, :reader) = widget.session;
    final startError = widget.startError;
    return Scaffold(
      appBar: AppBar(
        title: const Text('Utter'),
        actions: [
          IconButton(
            onPressed: _showStatus,
            tooltip: 'Status',
            icon: const Icon(Icons.monitor_heart_outlined),
          ),
        ],
      ),
      body: ListView(
        padding: const EdgeInsets.all(16),
        children: [
          TextField(
            controller: _text,
            minLines: 3,
            maxLines: 8,
            decoration: const InputDecoration(labelText: 'Text', border: OutlineInputBorder()),
          ),
          const SizedBox(height: 16),
          VoiceAndSpeed(
            utter: utter,
            voice: _voice,
            speed: _speed,
            onVoice: (voice) => setState(() => _voice = voice),
            onSpeed: (speed) => setState(() => _speed = speed),
          ),
          const SizedBox(height: 16),
          UtterTransport(reader: reader, text: () => _text.text, voice: _voice, speed: _speed),
          const SizedBox(height: 16),
          UtterLevelMeter(utter: utter),
          const SizedBox(height: 16),
          if (startError != null)
            UtterErrorCard(
              error: startError,
              onRetry: widget.onRetry,
              onDismiss: widget.onDismissed,
            ),
          _ReaderError(reader: reader),
          UtterTextView(reader: reader),
          const SizedBox(height: 16),
          OutputChoice(utter: utter),
        ],
      ),
    );
  }

  void _showStatus() {
    Navigator.of(context).push(
      MaterialPageRoute<void>(
        builder:
            (context) => Scaffold(
              appBar: AppBar(title: const Text('Status')),
              body: UtterStatusPage(utter: widget.session.utter),
            ),
      ),
    );
  }
}

/// What went wrong when something was said.
class _ReaderError extends StatelessWidget {
  const _ReaderError({required this.reader});

  final UtterReader reader;

  @override
  Widget build(BuildContext context) => ValueListenableBuilder<ReaderState>(
    valueListenable: reader.state.listenable,
    builder: (context, state, _) {
      final error = state.error;
      return error == null
          ? const SizedBox.shrink()
          : UtterErrorCard(
            error: error,
            onRetry: state.canReattach ? reader.reattach : () => reader.speak(state.text),
            onDismiss: reader.dismissError,
          );
    },
  );
}
