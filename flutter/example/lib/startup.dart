/// The first screen: starts everything, shows how far that is, and what went wrong if it failed.
library;

import 'dart:async';

import 'package:flutter/material.dart';
import 'package:utter/utter.dart';

import 'session.dart';
import 'speak_page.dart';

/// Starts a [Session] and shows the screen for it; ends it when the app ends.
class Startup extends StatefulWidget {
  const Startup({super.key});

  @override
  State<Startup> createState() => _StartupState();
}

class _StartupState extends State<Startup> {
  Session? _session;
  Object? _error;
  double? _share;

  @override
  void initState() {
    super.initState();
    unawaited(_start());
  }

  @override
  void dispose() {
    unawaited(_session?.close());
    super.dispose();
  }

  Future<void> _start() async {
    setState(() => _error = null);
    try {
      final session = await Session.start(onProgress: _progressed);
      if (!mounted) {
        return session.close();
      }
      setState(() => _session = session);
      await _warmUp(session);
    } on UtterException catch (error) {
      _failed(error);
    }
  }

  /// Loads the voice. The first words come at once then; what is asked for meanwhile only takes
  /// longer.
  Future<void> _warmUp(Session session) async {
    setState(() => _error = null);
    try {
      await session.utter.warmUp();
    } on UtterException catch (error) {
      _failed(error);
    }
  }

  void _progressed(double share) {
    if (mounted) {
      setState(() => _share = share < 1 ? share : null);
    }
  }

  void _failed(Object error) {
    if (mounted) {
      setState(() => _error = error);
    }
  }

  @override
  Widget build(BuildContext context) {
    final session = _session;
    final error = _error;
    if (session != null) {
      return SpeakPage(
        session: session,
        startError: error,
        onRetry: () => _warmUp(session),
        onDismissed: () => setState(() => _error = null),
      );
    }
    return Scaffold(
      body: Center(
        child: ConstrainedBox(
          constraints: const BoxConstraints(maxWidth: 480),
          child:
              error != null
                  ? UtterErrorCard(error: error, onRetry: _start)
                  : Column(
                    mainAxisSize: MainAxisSize.min,
                    children: [
                      CircularProgressIndicator(value: _share),
                      const SizedBox(height: 16),
                      Text(_share == null ? 'Starting' : 'Preparing the voice, once'),
                    ],
                  ),
        ),
      ),
    );
  }
}
