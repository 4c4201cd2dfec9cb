/// Finds the voice that an app carries, and on Android copies it out of the APK: what
/// `UtterConfig.artifacts` is given.
///
/// Apps call [UtterAssets.locate] once, before `Utter.init`. The decisions lie in
/// `artifact_copy.dart` and `artifact_places.dart`; here is what needs the platform.
library;

import 'dart:async';
import 'dart:io';

import 'package:flutter/foundation.dart';
import 'package:flutter/services.dart';

import '../core/errors.dart';
import '../generated/api/error.dart' show ErrorReason;
import 'artifact_copy.dart';
import 'artifact_places.dart';

/// The voice among the app's assets.
abstract final class UtterAssets {
  /// The folder that is looked for among the app's assets if no other is named.
  static const String defaultAsset = 'assets/utter';

  static const MethodChannel _channel = MethodChannel('utter/assets');

  static Future<String?>? _copying;

  /// Where the voice is, for `UtterConfig.artifacts`: [path], if it is given; what
  /// `UTTER_ARTIFACTS` says; the app's own, which is its asset [asset], or on iOS the framework
  /// `kokoro.framework`. On a desktop null if there is none, and the engine looks into the user's
  /// cache, where a developer's is; on a phone that is an `UtterException`.
  ///
  /// On Android the app's own is copied out of the APK first, once for each version of it; that
  /// takes some seconds, which [onProgress] is told of, and as much storage as the voice has. A
  /// copy that was broken off goes on at the next start. Everywhere else it is read where it is.
  /// Calls at the same time share one copy.
  ///
  /// Throws `missingArtifacts` and `damagedArtifacts`, and `file` if there is not enough room.
  static Future<String?> locate({
    String? path,
    String asset = defaultAsset,
    void Function(CopyProgress progress)? onProgress,
  }) async {
    final given = path ?? _environment();
    if (given != null) {
      return given;
    }
    if (Platform.isAndroid) {
      return _copying ??= _copy(asset, onProgress).whenComplete(() => _copying = null);
    }
    if (Platform.isIOS) {
      return _inBundle(asset);
    }
    final layout =
        Platform.isMacOS
            ? AppLayout.macos
            : Platform.isWindows
            ? AppLayout.windows
            : AppLayout.linux;
    return firstVoice(bundledPlaces(layout, Platform.resolvedExecutable, asset));
  }

  /// Removes what was copied, on Android, such as a copy that the engine says is damaged; the next
  /// [locate] copies again. To be called after `Utter.shutdown`. Does nothing elsewhere.
  static Future<void> discardCopies() async {
    if (Platform.isAndroid) {
      final storage = await _storage();
      await ArtifactCopy(source: const _ApkSource(''), parent: storage.$1).discard();
    }
  }

  static String? _environment() {
    final value = Platform.environment[artifactsVariable];
    return value == null || value.isEmpty ? null : value;
  }

  static Future<String?> _copy(String asset, void Function(CopyProgress)? onProgress) async {
    final (parent, _) = await _storage();
    final copy = ArtifactCopy(source: _ApkSource(asset), parent: parent);
    return copy.ensure(onProgress: onProgress);
  }

  static Future<String?> _inBundle(String asset) async {
    final answer = await _ask<List<Object?>>('directories', {'asset': asset});
    final places = [...?answer?.whereType<String>()];
    final found = firstVoice(places);
    if (found != null) {
      return found;
    }
    throw UtterException(
      ErrorReason.missingArtifacts,
      'The app has no voice; it was looked for at ${places.join(' and ')}.',
      'Embed kokoro.framework, as `make voice TARGET=aarch64-apple-ios` builds it, in the app.',
    );
  }

  /// Where copies go, and how many bytes are free there.
  static Future<(Directory, int?)> _storage() async {
    final answer = await _ask<Map<Object?, Object?>>('storage');
    final folder = answer?['directory'];
    if (folder is! String) {
      throw const UtterException(
        ErrorReason.system,
        'Android names no folder for files.',
        'Restart the app; if that does not help, report it.',
      );
    }
    final free = answer?['freeBytes'];
    return (Directory('$folder/utter'), free is int ? free : null);
  }

  static Future<T?> _ask<T>(String method, [Map<String, Object>? arguments]) async {
    try {
      return await _channel.invokeMethod<T>(method, arguments);
    } on PlatformException catch (error) {
      throw UtterException(
        ErrorReason.file,
        error.message ?? 'The platform failed at $method (${error.code}).',
        'Check that the voice is among the assets of the app.',
      );
    } on MissingPluginException {
      throw const UtterException(
        ErrorReason.system,
        'The native part of the package utter is not in this app.',
        'Stop the app and build it anew; a hot restart does not bring in new plugins.',
      );
    }
  }
}

/// The assets of an APK, read in pieces: a file of a hundred megabytes is never in memory as a
/// whole.
final class _ApkSource implements ArtifactSource {
  const _ApkSource(this.asset);

  /// The folder of the voice among the assets.
  final String asset;

  static const int _pieceBytes = 1 << 20;

  @override
  Future<int?> freeBytes() async => (await UtterAssets._storage()).$2;

  @override
  Stream<Uint8List> read(String name) async* {
    final number = await UtterAssets._ask<int>('open', {'asset': '$asset/$name'});
    if (number == null) {
      return;
    }
    try {
      while (true) {
        final piece = await UtterAssets._ask<Uint8List>('read', {
          'number': number,
          'length': _pieceBytes,
        });
        if (piece == null || piece.isEmpty) {
          return;
        }
        yield piece;
      }
    } finally {
      await UtterAssets._ask<void>('close', {'number': number});
    }
  }
}
