/// What becomes of one utterance, put together from its player's events.
///
/// An attachment makes one for each, with its first event or with the reply of the call that asked
/// for it, whichever is first.
library;

import 'dart:async';

import '../generated/api/player_events.dart' show UtterancePhase;
import 'errors.dart';
import 'outcome.dart';
import 'player_event.dart';
import 'player_state.dart';
import 'spoken.dart';
import 'utterance.dart';

/// A broadcast stream that is made when somebody asks for it, and can be asked for when it is over.
final class _Told<T> {
  StreamController<T>? _controller;
  bool _isOver = false;

  Stream<T> get stream {
    final controller = _controller ??= StreamController<T>.broadcast();
    if (_isOver) controller.close();
    return controller.stream;
  }

  void add(T value) => _controller?.add(value);

  void end() {
    _isOver = true;
    _controller?.close();
  }
}

/// An utterance or clip, as its player follows it.
final class TrackedUtterance implements Utterance {
  /// One of which nothing is known but its number. [stop] ends it.
  TrackedUtterance(this.id, {required this.isClip, required Future<void> Function() stop})
    : _stop = stop {
    // Whoever does not ask how it ended does not want to be told of an error either.
    _done.future.ignore();
  }

  @override
  final int id;

  @override
  final bool isClip;

  final Future<void> Function() _stop;
  final Completer<UtteranceOutcome> _done = Completer();
  final Completer<bool> _started = Completer();
  final Completer<void> _over = Completer();
  final _Told<SpokenWord> _words = _Told();
  final _Told<SpokenSentence> _sentences = _Told();
  final _Told<SpokenPhoneme> _phonemes = _Told();
  final _Told<SpokenViseme> _visemes = _Told();
  final _Told<SpokenBookmark> _bookmarks = _Told();
  final _Told<SpokenProgress> _progress = _Told();

  /// Whether an event has told of it. While none has, a snapshot without it does not say that it is
  /// over.
  bool wasTold = false;

  /// Whether it was given to whoever asked for it.
  bool isClaimed = false;

  /// Completes when it is over, however that was.
  Future<void> get over => _over.future;

  @override
  bool get isDone => _over.isCompleted;

  @override
  Future<UtteranceOutcome> get done => _done.future;

  @override
  Future<bool> get started => _started.future;

  @override
  Stream<SpokenWord> get words => _words.stream;

  @override
  Stream<SpokenSentence> get sentences => _sentences.stream;

  @override
  Stream<SpokenPhoneme> get phonemes => _phonemes.stream;

  @override
  Stream<SpokenViseme> get visemes => _visemes.stream;

  @override
  Stream<SpokenBookmark> get bookmarks => _bookmarks.stream;

  @override
  Stream<SpokenProgress> get progress => _progress.stream;

  @override
  Future<void> stop() => isDone ? Future.value() : _stop();

  /// Takes an event of it in.
  void apply(UtteranceEvent event) {
    wasTold = true;
    if (isDone) return;
    switch (event) {
      case UtteranceStarted():
        _begin();
      case WordStarted(:final word):
        _words.add(word);
      case SentenceStarted(:final sentence):
        _sentences.add(sentence);
      case PhonemeStarted(:final phoneme):
        _phonemes.add(phoneme);
      case VisemeStarted(:final viseme):
        _visemes.add(viseme);
      case BookmarkReached(:final bookmark):
        _bookmarks.add(bookmark);
      case UtteranceProgressed(:final progress):
        _progress.add(progress);
      case UtteranceDone(:final outcome):
        end(outcome);
      case UtteranceFailed(:final error):
        fail(error);
      case UtteranceQueued() ||
          UtterancePrepared() ||
          WordEnded() ||
          UtteranceInterrupted() ||
          UtteranceResumed() ||
          UtteranceReplayed():
        break;
    }
  }

  /// Takes in how a snapshot says that it is.
  void restore(UtteranceState state) {
    wasTold = true;
    if (isDone) return;
    switch (state.phase) {
      case UtterancePhase.speaking || UtterancePhase.interrupted:
        _begin();
      case UtterancePhase.queued || UtterancePhase.preparing:
        break;
    }
  }

  /// It is over.
  void end(UtteranceOutcome outcome) {
    if (isDone) return;
    _done.complete(outcome);
    _end();
  }

  /// It cannot be said.
  void fail(UtterException error) {
    if (isDone) return;
    _done.completeError(error, StackTrace.current);
    _end();
  }

  void _begin() {
    if (!_started.isCompleted) _started.complete(true);
  }

  void _end() {
    if (!_started.isCompleted) _started.complete(false);
    _over.complete();
    for (final told in [_words, _sentences, _phonemes, _visemes, _bookmarks, _progress]) {
      told.end();
    }
  }
}
