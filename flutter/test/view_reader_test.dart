/// The logic of a screen that speaks, with a player that does what the test says.
library;

import 'dart:async';

import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/core/value.dart';
import 'package:utter/src/core/view/reader.dart';
import 'package:utter/src/core/view/reader_state.dart';

const _failure = UtterException(ErrorReason.output, 'No device.', 'Plug one in.');

/// An utterance that ends when the test says so.
final class _Utterance implements Utterance {
  _Utterance(this.id);

  final Completer<UtteranceOutcome> end = Completer();

  @override
  final int id;

  @override
  Future<UtteranceOutcome> get done => end.future;

  @override
  Object? noSuchMethod(Invocation invocation) => super.noSuchMethod(invocation);
}

/// A player that queues what it is told, and fails when it is told to.
final class _Player implements UtterPlayer {
  final UtterValueSource<PlayerState> source = UtterValueSource(PlayerState());
  final List<String> calls = [];
  final List<_Utterance> utterances = [];
  Completer<void>? gate;
  Object? failure;

  @override
  UtterValue<PlayerState> get state => source;

  Future<int> _command(String name) async {
    calls.add(name);
    await gate?.future;
    final thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    return calls.length;
  }

  @override
  Future<Utterance> speak(
    String text, {
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    bool replaces = false,
    InterruptMode? urgent,
    SpeechOptions options = const SpeechOptions(),
  }) async {
    final utterance = _Utterance(utterances.length + 1);
    utterances.add(utterance);
    await _command('speak $text $voice $speed $replaces');
    return utterance;
  }

  @override
  Future<int> pause() => _command('pause');

  @override
  Future<int> resume() => _command('resume');

  @override
  Future<int> stop({StopMode how = StopMode.fade}) => _command('stop');

  @override
  Future<int> seekToWord(SpokenRange word) => _command('seek ${word.start} ${word.utf8Start}');

  @override
  Future<void> reattach() => _command('reattach');

  @override
  Object? noSuchMethod(Invocation invocation) => super.noSuchMethod(invocation);

  /// What the engine tells: one utterance at this phase and word.
  void tell(UtterancePhase phase, {int id = 1, SpokenRange? word, bool isPaused = false}) {
    source.value = PlayerState(
      isPaused: isPaused,
      utterances: [UtteranceState(id: id, isClip: false, phase: phase, word: word)],
    );
  }

  /// What the engine tells when all is over.
  void tellEmpty() => source.value = PlayerState();
}

const _world = SpokenRange(start: 6, end: 11, utf8Start: 6);

void main() {
  late _Player player;
  late UtterReader reader;

  ReaderState state() => reader.state.value;

  setUp(() {
    player = _Player();
    reader = UtterReader(player);
  });

  tearDown(() => reader.dispose());

  test('it begins with nothing to show, and can speak', () {
    expect(state(), const ReaderState());
    expect(state().canSpeak, isTrue);
    expect(state().canPause, isFalse);
    expect(state().canStop, isFalse);
  });

  test('it speaks in place of what was said, and follows to the end', () async {
    await reader.speak('Hello world', voice: 'af_heart', speed: 1.5);
    expect(player.calls, ['speak Hello world af_heart 1.5 true']);
    player.tell(UtterancePhase.preparing);
    expect(state().phase, ReaderPhase.preparing);
    player.tell(UtterancePhase.speaking, word: _world);
    expect(state().phase, ReaderPhase.speaking);
    expect(state().word, _world);
    expect(state().canPause, isTrue);
    player.tellEmpty();
    player.utterances.single.end.complete(const UtteranceFinished());
    await pumpMicrotasks();
    expect(state().phase, ReaderPhase.idle);
    expect(state().isOver, isTrue);
    expect(state().text, 'Hello world');
  });

  test('after a stop the last word stays, and it is not over', () async {
    await reader.speak('Hello world');
    player.tell(UtterancePhase.speaking, word: _world);
    await reader.stop();
    player.tellEmpty();
    player.utterances.single.end.complete(
      const UtteranceStopped(
        HeardText(
          time: Duration(seconds: 1),
          text: SpokenRange(start: 0, end: 6, utf8Start: 0),
          unheard: SpokenRange(start: 6, end: 11, utf8Start: 6),
          unheardText: 'world',
        ),
      ),
    );
    await pumpMicrotasks();
    expect(state().isOver, isFalse);
    expect(state().word, _world);
    expect(state().canStop, isFalse);
  });

  test('what is replayed is followed again', () async {
    await reader.speak('Hello world');
    player.utterances.single.end.complete(const UtteranceFinished());
    await pumpMicrotasks();
    expect(state().isOver, isTrue);
    player.tell(UtterancePhase.speaking, word: _world);
    expect(state().isOver, isFalse);
    expect(state().word, _world);
  });

  test('while a command is under way nothing new can be asked for', () async {
    player.gate = Completer();
    final asked = reader.speak('Hello');
    expect(state().isBusy, isTrue);
    expect(state().canSpeak, isFalse);
    player.gate!.complete();
    await asked;
    expect(state().isBusy, isFalse);
    expect(state().canSpeak, isTrue);
  });

  test('paused, it can go on, and be stopped', () async {
    await reader.speak('Hello');
    player.tell(UtterancePhase.speaking, isPaused: true);
    expect(state().phase, ReaderPhase.paused);
    expect(state().canResume, isTrue);
    expect(state().canPause, isFalse);
    expect(state().canStop, isTrue);
    await reader.resume();
    expect(player.calls.last, 'resume');
  });

  test('what fails is shown until something else is asked for', () async {
    player.failure = _failure;
    await reader.speak('Hello');
    expect(state().error, _failure);
    expect(state().isBusy, isFalse);
    reader.dismissError();
    expect(state().error, isNull);
    await reader.pause();
    expect(state().error, _failure);
    player.failure = null;
    await reader.speak('Hello');
    expect(state().error, isNull);
  });

  test('an utterance that fails later is shown too', () async {
    await reader.speak('Hello');
    player.utterances.single.end.completeError(_failure);
    await pumpMicrotasks();
    expect(state().error, _failure);
    expect(state().isOver, isFalse);
  });

  test('the end of one that was replaced changes nothing', () async {
    await reader.speak('First');
    await reader.speak('Second');
    player.utterances.first.end.completeError(_failure);
    await pumpMicrotasks();
    expect(state().text, 'Second');
    expect(state().error, isNull);
    expect(state().isOver, isFalse);
  });

  test('a player that was evicted can only be attached again', () async {
    player.source.value = PlayerState(isAttached: false);
    expect(state().phase, ReaderPhase.detached);
    expect(state().canSpeak, isFalse);
    expect(state().canStop, isFalse);
    expect(state().canReattach, isTrue);
    await reader.reattach();
    expect(player.calls, ['reattach']);
  });

  test('texts of nothing are not said', () async {
    await reader.speak('');
    await reader.speak(' \n');
    expect(player.calls, isEmpty);
  });

  test('places to go to are given in bytes as well', () async {
    await reader.speak('Grüße 😀 an alle');
    await reader.seekTo(9);
    // Grüße is 7 bytes, the space 1, the emoji 4, the space 1; the place is behind that.
    expect(player.calls.last, 'seek 9 13');
    await reader.seekTo(7);
    expect(player.calls.last, 'seek 6 8', reason: 'the middle of the emoji is its beginning');
    final before = player.calls.length;
    await reader.seekTo(-1);
    await reader.seekTo(400);
    expect(player.calls.length, before);
  });

  test('after its end nothing changes, and nothing is asked for', () async {
    await reader.speak('Hello');
    final last = state();
    reader.dispose();
    reader.dispose();
    player.tell(UtterancePhase.speaking, word: _world);
    await reader.speak('More');
    player.utterances.first.end.complete(const UtteranceFinished());
    await pumpMicrotasks();
    expect(state(), last);
    expect(player.calls.length, 1);
  });
}

/// Lets everything run that waits for nothing but its turn.
Future<void> pumpMicrotasks() => Future<void>.delayed(Duration.zero);
