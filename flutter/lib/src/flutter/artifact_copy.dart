/// Copies a voice out of an app's package into a folder, once: Android keeps assets inside the APK,
/// where the engine cannot map them.
///
/// `UtterAssets` calls it. Nothing has its final name before it is whole: files are written beside
/// their place, flushed and renamed, and so is the folder. A copy that was broken off goes on with
/// the files that are missing. The engine itself checks hashes when it loads; here only sizes are
/// compared. Pure Dart.
library;

import 'dart:convert';
import 'dart:io';
import 'dart:typed_data';

import '../core/errors.dart';
import '../generated/api/error.dart' show ErrorReason;

/// Where the files of a voice are read from, by their names in the manifest.
abstract interface class ArtifactSource {
  /// The content of a file, in pieces. Throws where there is no such file.
  Stream<Uint8List> read(String name);

  /// Bytes that can still be written where the copy goes; null if that is not known.
  Future<int?> freeBytes();
}

/// How far a copy is.
final class CopyProgress {
  /// With how much.
  const CopyProgress({required this.copied, required this.total});

  /// Bytes that are there.
  final int copied;

  /// Bytes of the whole voice.
  final int total;

  /// The share that is there, from 0 to 1.
  double get share => total == 0 ? 1 : copied / total;

  @override
  String toString() => 'CopyProgress($copied of $total)';
}

/// The name of the manifest, in a voice as in the places that are told of.
const String manifestName = 'manifest.json';

/// Room that is left free beside the copy itself, in bytes: a system without any does strange
/// things.
const int spareBytes = 32 << 20;

/// A copy of one voice below [parent], in a folder that its manifest names: another voice, or
/// another version, has another.
final class ArtifactCopy {
  /// A copy from [source].
  ArtifactCopy({required this.source, required this.parent});

  /// Where the files come from.
  final ArtifactSource source;

  /// Below which folder copies are.
  final Directory parent;

  /// The folder of the copy, which is made where it is missing; [onProgress] is told with each
  /// piece.
  ///
  /// Throws an `UtterException`: `missingArtifacts` where the package has no voice,
  /// `damagedArtifacts` where its manifest cannot be read or does not fit its files, `file` where
  /// there is no room or nothing can be written. Copies of other voices are removed when this one
  /// stands.
  Future<String> ensure({void Function(CopyProgress progress)? onProgress}) async {
    final manifest = await _manifest();
    final files = _files(manifest);
    final whole = Directory('${parent.path}/voice-${keyOf(manifest)}');
    final total = files.values.fold(0, (sum, size) => sum + size);
    if (whole.existsSync()) {
      onProgress?.call(CopyProgress(copied: total, total: total));
      await _sweep(whole);
      return whole.path;
    }
    final partial = Directory('${whole.path}.partial');
    try {
      await partial.create(recursive: true);
      await _sweep(whole, partial);
      final there = {
        for (final MapEntry(:key, :value) in files.entries)
          if (_sizeOf('${partial.path}/$key') == value) key: value,
      };
      var copied = there.values.fold(0, (sum, size) => sum + size);
      await _checkRoom(total - copied);
      onProgress?.call(CopyProgress(copied: copied, total: total));
      for (final MapEntry(key: name, value: size) in files.entries) {
        if (there.containsKey(name)) {
          continue;
        }
        await _copyFile(name, size, '${partial.path}/$name', (count) {
          copied += count;
          onProgress?.call(CopyProgress(copied: copied, total: total));
        });
      }
      await File('${partial.path}/$manifestName').writeAsBytes(manifest, flush: true);
      await partial.rename(whole.path);
    } on FileSystemException catch (error) {
      throw _cannotWrite(error, total);
    }
    return whole.path;
  }

  /// Removes every copy, half a one too. Not while an engine uses one.
  Future<void> discard() => _sweep();

  Future<Uint8List> _manifest() async {
    final pieces = BytesBuilder(copy: false);
    try {
      await source.read(manifestName).forEach(pieces.add);
    } on Object catch (error) {
      throw UtterException(
        ErrorReason.missingArtifacts,
        'The app has no voice among its assets: $error.',
        "Copy a built voice into the app's assets and list its folders in pubspec.yaml.",
      );
    }
    return pieces.takeBytes();
  }

  /// The sizes of all files but the manifest, by name.
  Map<String, int> _files(Uint8List manifest) {
    try {
      final content = jsonDecode(utf8.decode(manifest)) as Map<String, dynamic>;
      final files = content['files'] as Map<String, dynamic>;
      final sizes = {
        for (final MapEntry(:key, :value) in files.entries)
          key: (value as Map<String, dynamic>)['size'] as int,
      };
      for (final MapEntry(key: name, value: size) in sizes.entries) {
        if (!isPlainName(name) || size < 0) {
          throw FormatException('the file $name');
        }
      }
      return sizes;
    } on Object catch (error) {
      throw _damaged('Its manifest cannot be read: $error.');
    }
  }

  Future<void> _copyFile(String name, int size, String to, void Function(int) told) async {
    final partial = File('$to.partial');
    await partial.parent.create(recursive: true);
    final file = await partial.open(mode: FileMode.write);
    var written = 0;
    try {
      await for (final piece in _pieces(name)) {
        await file.writeFrom(piece);
        written += piece.length;
        told(piece.length);
      }
      await file.flush();
    } finally {
      await file.close();
    }
    if (written != size) {
      throw _damaged('$name has $written bytes instead of $size.');
    }
    await partial.rename(to);
  }

  /// The pieces of a file; whatever goes wrong there is the package's fault, and not the disk's.
  Stream<Uint8List> _pieces(String name) => source.read(name).handleError((Object error) {
    throw _damaged('$name cannot be read: $error.');
  });

  Future<void> _checkRoom(int needed) async {
    final free = await source.freeBytes();
    if (needed > 0 && free != null && free < needed + spareBytes) {
      throw _noRoom(needed + spareBytes - free);
    }
  }

  /// Removes what is below [parent] but the given ones. What cannot be removed now is next time.
  Future<void> _sweep([Directory? keep, Directory? alsoKeep]) async {
    if (!parent.existsSync()) {
      return;
    }
    await for (final found in parent.list()) {
      final name = found.uri.pathSegments.lastWhere((part) => part.isNotEmpty);
      if (name.startsWith('voice-') && found.path != keep?.path && found.path != alsoKeep?.path) {
        try {
          await found.delete(recursive: true);
        } on FileSystemException {
          continue;
        }
      }
    }
  }
}

int? _sizeOf(String path) {
  final found = FileStat.statSync(path);
  return found.type == FileSystemEntityType.file ? found.size : null;
}

/// Whether [name] is what a manifest may call a file: a relative path that stays where it is.
bool isPlainName(String name) =>
    name.isNotEmpty &&
    !name.contains(r'\') &&
    !name.contains(':') &&
    name.split('/').every((part) => part.isNotEmpty && part != '.' && part != '..');

/// The name of a copy: 16 hexadecimal digits of the manifest's content (FNV-1a, 64 bits). Told
/// apart are versions of an app's own voice, so no more is needed; the manifest in turn has the
/// SHA-256 of every file.
String keyOf(List<int> manifest) {
  var hash = 0xcbf29ce484222325;
  for (final byte in manifest) {
    hash = (hash ^ byte) * 0x100000001b3;
  }
  String hex(int bits) => bits.toRadixString(16).padLeft(8, '0');
  return hex((hash >> 32) & 0xffffffff) + hex(hash & 0xffffffff);
}

UtterException _damaged(String what) => UtterException(
  ErrorReason.damagedArtifacts,
  'The voice in the app is damaged. $what',
  'Copy the whole of a built voice into the app, with all folders listed in pubspec.yaml, and '
  'build the app again.',
);

UtterException _noRoom(int missing) => UtterException(
  ErrorReason.file,
  'There is not enough room for the voice.',
  'Free at least ${(missing / (1 << 20)).ceil()} MB of storage, and start again: what was copied '
  'is kept.',
);

UtterException _cannotWrite(FileSystemException error, int total) {
  // No space left, and quota exceeded, of Linux and Darwin; disk full, of Windows.
  const full = {28, 122, 69, 112};
  if (full.contains(error.osError?.errorCode)) {
    return _noRoom(total);
  }
  return UtterException(
    ErrorReason.file,
    'The voice cannot be copied: ${error.message} (${error.path ?? 'no path'}).',
    'Check that the app may write to its own folder, and start again: what was copied is kept.',
  );
}
