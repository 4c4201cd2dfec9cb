/// A file that the engine writes for a player: its end as a future, its progress as a stream.
library;

import 'dart:async';

import '../generated/api/player.dart' as bridge;
import 'attachment.dart';
import 'file_synthesis.dart';
import 'polling.dart';
import 'requests.dart';
import 'spoken.dart';

/// A file of an attachment.
final class WrittenFile implements FileSynthesis {
  /// One that the engine has begun. Its end is waited for from now on.
  WrittenFile(this._attachment, this.id, this.path) {
    _done.future.ignore();
    _attachment
        .call(() => bridge.playerFile(handle: _attachment.handle, file: id))
        .then((report) => _done.complete(_fileOf(report)), onError: _done.completeError);
  }

  final Attachment _attachment;
  final Completer<SynthesizedFile> _done = Completer();

  @override
  final int id;

  @override
  final String path;

  @override
  Future<SynthesizedFile> get done => _done.future;

  @override
  Stream<SynthesisProgress> progress({Duration interval = const Duration(milliseconds: 200)}) =>
      polled(pollInterval(interval), _progress, _done.future);

  @override
  Future<void> cancel() =>
      _done.isCompleted
          ? Future.value()
          : _attachment.callIfLive(
            () => bridge.playerCancelFile(handle: _attachment.handle, file: id),
          );

  Future<SynthesisProgress> _progress() async {
    final progress = await _attachment.call(
      () => bridge.playerFileProgress(handle: _attachment.handle, file: id),
    );
    return SynthesisProgress(
      chunks: progress.chunks,
      duration: Duration(microseconds: progress.durationMicros),
    );
  }

  SynthesizedFile _fileOf(bridge.FileReport report) => SynthesizedFile(
    path: path,
    duration: Duration(microseconds: report.durationMicros),
    words: [
      for (final word in report.words)
        SpokenWord(
          start: word.text.start,
          end: word.text.end,
          utf8Start: word.text.utf8Start,
          time: Duration(microseconds: word.startMicros),
          endTime: Duration(microseconds: word.endMicros),
        ),
    ],
  );
}
