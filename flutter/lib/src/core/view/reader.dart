/// The logic of a screen that speaks a text: what its buttons do, and what it shows of that.
///
/// An app makes one for a player and gives it to `UtterTextView`, `UtterTransport` and its own
/// widgets; the example's screen is built on it. It throws nothing: what goes wrong is in its
/// state, for an error card. Pure Dart.
library;

import 'dart:async';

import '../errors.dart';
import '../outcome.dart';
import '../player.dart';
import '../spoken.dart';
import '../utterance.dart';
import '../value.dart';
import 'reader_state.dart';

/// Says one text at a time through a player, and shows how far it is. [dispose] ends it, and not
/// the player.
final class UtterReader {
  /// A reader that says its texts through [player].
  UtterReader(this.player) : _state = UtterValueSource(const ReaderState()) {
    player.state.addListener(_show);
    _show();
  }

  /// Who speaks.
  final UtterPlayer player;

  final UtterValueSource<ReaderState> _state;
  String _text = '';
  int? _utterance;
  SpokenRange? _lastWord;
  UtterException? _error;
  bool _isOver = false;
  int _pending = 0;
  int _asked = 0;
  bool _isDisposed = false;

  /// What is shown.
  UtterValue<ReaderState> get state => _state;

  /// Says [text] in place of what was said before. An empty one, or one of spaces, is not said.
  Future<void> speak(String text, {String? voice, double? speed}) async {
    if (_isDisposed || text.trim().isEmpty) {
      return;
    }
    final mine = ++_asked;
    _text = text;
    _utterance = null;
    _lastWord = null;
    _isOver = false;
    await _run(() async {
      final utterance = await player.speak(text, voice: voice, speed: speed, replaces: true);
      if (mine == _asked && !_isDisposed) {
        _utterance = utterance.id;
        unawaited(_follow(utterance, mine));
      }
    });
  }

  /// Pauses what is said.
  Future<void> pause() => _run(player.pause);

  /// Goes on.
  Future<void> resume() => _run(player.resume);

  /// Stops all that the player was asked for.
  Future<void> stop() => _run(player.stop);

  /// Goes to the word that holds the place [offset] of the text, in UTF-16 code units, or else the
  /// next one.
  Future<void> seekTo(int offset) {
    if (offset < 0 || offset >= _text.length) {
      return Future.value();
    }
    var from = offset;
    // A place between the two halves of a character has no bytes of its own.
    if (from > 0 && _text.codeUnitAt(from) & 0xfc00 == 0xdc00) {
      from--;
    }
    final before = _utf8Length(_text.substring(0, from));
    return _run(
      () => player.seekToWord(SpokenRange(start: from, end: from, utf8Start: before)),
    );
  }

  /// Attaches the player again after an eviction.
  Future<void> reattach() => _run(player.reattach);

  /// What went wrong is not shown any more.
  void dismissError() {
    _error = null;
    _show();
  }

  /// Ends the reader: its [state] changes no more. The player goes on; a second time nothing
  /// happens.
  void dispose() {
    if (_isDisposed) {
      return;
    }
    _isDisposed = true;
    player.state.removeListener(_show);
    _state.close(_state.value);
  }

  /// Carries a command out; what goes wrong is shown.
  Future<void> _run(Future<Object?> Function() command) async {
    if (_isDisposed) {
      return;
    }
    _pending++;
    _error = null;
    _show();
    try {
      await command();
    } on UtterException catch (error) {
      _error = error;
    } finally {
      _pending--;
      _show();
    }
  }

  /// Waits for the end of what was asked for.
  Future<void> _follow(Utterance utterance, int mine) async {
    UtterException? failure;
    var finished = false;
    try {
      finished = await utterance.done is UtteranceFinished;
    } on UtterException catch (error) {
      failure = error;
    }
    if (mine != _asked || _isDisposed) {
      return;
    }
    _isOver = finished;
    _error = failure ?? _error;
    _show();
  }

  void _show() {
    if (_isDisposed) {
      return;
    }
    final utterance = _utterance;
    final now = player.state.value;
    // It may be heard again after its end: a sentence can be replayed.
    final found = utterance == null ? null : now.utterance(utterance);
    _lastWord = found?.word ?? _lastWord;
    _state.value = ReaderState.of(
      now,
      text: _text,
      utterance: utterance,
      lastWord: _lastWord,
      isOver: _isOver && found == null,
      isBusy: _pending > 0,
      error: _error,
    );
  }
}

/// How many bytes [text] has in UTF-8; half a character counts as the three bytes of the sign that
/// stands for it.
int _utf8Length(String text) {
  var bytes = 0;
  for (final rune in text.runes) {
    bytes += switch (rune) {
      < 0x80 => 1,
      < 0x800 => 2,
      < 0x10000 => 3,
      _ => 4,
    };
  }
  return bytes;
}
