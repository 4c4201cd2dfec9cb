/// What lives as long as the app, made in one place and ended in one place.
library;

import 'package:flutter/foundation.dart';
import 'package:utter/utter.dart';

/// The runtime with one player, and what looks after both.
class Session {
  Session._(this.utter, this.player, this._audio)
    : reader = UtterReader(player),
      _lifecycle = UtterLifecycle(utter, onError: _log);

  final Utter utter;
  final UtterPlayer player;

  /// What the screen's buttons do, and what it shows.
  final UtterReader reader;

  final UtterLifecycle _lifecycle;
  final UtterAudioSession _audio;

  /// Starts everything; [onProgress] is told the share of the voice that was copied, on Android at
  /// the first start.
  ///
  /// After a hot restart the runtime is still there, and found; the old player is evicted by
  /// itself. Only if the developer has changed the configuration in between is it started anew.
  static Future<Session> start({void Function(double share)? onProgress}) async {
    final artifacts = await UtterAssets.locate(
      onProgress: (progress) => onProgress?.call(progress.share),
    );
    final config = UtterConfig(artifacts: artifacts);
    final utter = await _init(config);
    final player = await utter.createPlayer(name: 'example');
    final audio = await UtterAudioSession.attach(utter, onError: _log);
    audio.follow(player);
    return Session._(utter, player, audio);
  }

  static Future<Utter> _init(UtterConfig config) async {
    try {
      return await Utter.init(config);
    } on UtterException catch (error) {
      if (error.reason != ErrorReason.otherConfiguration) {
        rethrow;
      }
      return Utter.restart(config);
    }
  }

  /// Ends all but the runtime, which ends with the process.
  Future<void> close() async {
    reader.dispose();
    _lifecycle.dispose();
    await _audio.dispose();
    await player.dispose();
  }

  static void _log(UtterException error) => debugPrint('$error');
}
