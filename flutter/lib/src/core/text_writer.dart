/// A text that is said while it is written: pieces in order, one at a time, and patience when too
/// much waits.
library;

import 'dart:async';

import '../generated/api/error.dart' show ErrorReason;
import '../generated/api/player.dart' as bridge;
import 'attachment.dart';
import 'errors.dart';
import 'speech_stream.dart';
import 'tracked_utterance.dart';
import 'utterance.dart';

/// How long is waited before a piece is given again for which there was no room. A second of speech
/// is some fifteen characters, so room comes slowly.
const Duration fullPatience = Duration(milliseconds: 100);

/// The writing end of an utterance.
final class TextWriter implements SpeechStream {
  /// Of an utterance of this attachment.
  TextWriter(this._attachment, this._utterance) {
    _utterance.over.then((_) => _end());
  }

  final Attachment _attachment;
  final TrackedUtterance _utterance;
  final Completer<void> _ended = Completer();

  /// The last call that was made, and how many are not done.
  Future<void> _last = Future.value();
  int _waiting = 0;

  /// The first half of a character that was cut in two.
  String _half = '';

  @override
  Utterance get utterance => _utterance;

  @override
  Future<void> add(String piece) => _inTurn(() => _push(piece));

  @override
  Future<void> addStream(Stream<String> pieces) => _inTurn(() => _pushAll(pieces));

  @override
  Future<void> finish() => _inTurn(() async {
    if (_ended.isCompleted) return;
    if (_half.isNotEmpty) await _give(_half);
    _half = '';
    await _attachment.callIfLive(
      () => bridge.playerFinishText(handle: _attachment.handle, utterance: _utterance.id),
    );
  });

  @override
  Future<void> cancel() {
    _end();
    return _utterance.stop();
  }

  void _end() {
    if (!_ended.isCompleted) _ended.complete();
  }

  /// Runs [body] when all calls before it are done, at once if they are.
  Future<void> _inTurn(Future<void> Function() body) {
    final turn = _waiting == 0 ? body() : _last.then((_) => body());
    _waiting += 1;
    _last = turn.then((_) => _waiting -= 1, onError: (Object _) => _waiting -= 1);
    return turn;
  }

  Future<void> _push(String piece) async {
    if (_ended.isCompleted) throw _cancelled();
    final text = _half + piece;
    // Rust's strings have no halves of characters.
    final isCut = text.isNotEmpty && (text.codeUnitAt(text.length - 1) & 0xfc00) == 0xd800;
    final whole = isCut ? text.substring(0, text.length - 1) : text;
    if (whole.isNotEmpty) await _give(whole);
    _half = text.substring(whole.length);
  }

  Future<void> _give(String text) => _attachment.call(
    () => bridge.playerPushText(
      handle: _attachment.handle,
      utterance: _utterance.id,
      piece: text,
    ),
  );

  Future<void> _pushAll(Stream<String> pieces) {
    final taken = Completer<void>();
    if (_ended.isCompleted) {
      pieces.listen(null).cancel().ignore();
      return Future.value();
    }
    late final StreamSubscription<String> source;
    void stop([Object? error, StackTrace? trace]) {
      if (taken.isCompleted) return;
      source.cancel().ignore();
      error == null ? taken.complete() : taken.completeError(error, trace);
    }

    source = pieces.listen(
      (piece) => source.pause(
        _pushPatiently(piece).then((isTaken) {
          if (!isTaken) stop();
        }, onError: stop),
      ),
      onError: stop,
      onDone: stop,
    );
    _ended.future.then((_) => stop());
    return taken.future;
  }

  /// Whether the piece was taken, at last; if not, the utterance is over.
  Future<bool> _pushPatiently(String piece) async {
    while (!_ended.isCompleted) {
      try {
        await _push(piece);
        return true;
      } on UtterException catch (error) {
        if (error.reason == ErrorReason.queueFull) {
          await _roomMayBe();
        } else if (_isOver(error.reason)) {
          return false;
        } else {
          rethrow;
        }
      }
    }
    return false;
  }

  bool _isOver(ErrorReason reason) =>
      reason == ErrorReason.cancelled || reason == ErrorReason.staleClient || !_attachment.isLive;

  Future<void> _roomMayBe() async {
    final time = Completer<void>();
    final timer = Timer(fullPatience, time.complete);
    await Future.any([time.future, _ended.future]);
    timer.cancel();
  }

  static UtterException _cancelled() => const UtterException(
    ErrorReason.cancelled,
    'The utterance is over, so nothing can be added to it.',
    'Begin another one with speakStream.',
  );
}
