/// Events of a player and the state that is made of them: order, snapshots, what is lost, what is
/// wrong.
library;

import 'dart:async';

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart' show PanicException;
import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/player_events.dart' as bridge_api;
import 'package:utter/src/generated/api/player_events.dart' show PlayerEventKind, TextSpan;
import 'package:utter/src/generated/api/requests.dart' show VolumeSetting;

import 'support/fake_bridge.dart';
import 'support/session.dart';

const _span = TextSpan(start: 0, end: 3, utf8Start: 0);

bridge_api.PlayerSnapshot _snapshot(List<bridge_api.UtteranceInfo> utterances) =>
    bridge_api.PlayerSnapshot(
      utterances: utterances,
      isPaused: true,
      volume: const VolumeSetting(level: 0.5, isMuted: false, balance: 0),
      isLate: false,
    );

bridge_api.UtteranceInfo _info(int id, UtterancePhase phase) => bridge_api.UtteranceInfo(
  utterance: id,
  isClip: false,
  phase: phase,
  heardMicros: 1000,
  madeMicros: 2000,
  word: _span,
);

void main() {
  late FakeBridge bridge;
  late UtterPlayer player;
  late List<PlayerEvent> told;

  setUp(() async {
    (bridge, player) = await startPlayer();
    told = [];
    player.events.listen(told.add);
  });
  tearDown(() => player.dispose());

  group('each kind', () {
    final kinds = <PlayerEventKind, (void Function(FakeClient), Matcher)>{
      PlayerEventKind.snapshot: (
        (client) => client.lag(2, _snapshot([_info(7, UtterancePhase.speaking)])),
        isA<PlayerSnapshot>()
            .having((e) => e.state.isPaused, 'isPaused', true)
            .having((e) => e.state.volume, 'volume', const Volume(0.5))
            .having((e) => e.state.utterances.single.id, 'id', 7)
            .having((e) => e.state.utterances.single.heard.inMilliseconds, 'heard', 1)
            .having((e) => e.state.utterances.single.made.inMilliseconds, 'made', 2)
            .having((e) => e.state.utterances.single.word?.end, 'word', 3),
      ),
      PlayerEventKind.lagged: (
        (client) => client.sendRaw(
          const bridge_api.PlayerEvent(kind: PlayerEventKind.lagged, missed: 4),
        ),
        isA<PlayerEventsLagged>().having((e) => e.missed, 'missed', 4),
      ),
      PlayerEventKind.queued: (
        (client) => client.queued(1, isClip: true),
        isA<UtteranceQueued>().having((e) => e.isClip, 'isClip', true),
      ),
      PlayerEventKind.prepared: (
        (client) => client.send(PlayerEventKind.prepared, utterance: 1, time: 5),
        isA<UtterancePrepared>().having((e) => e.after.inMicroseconds, 'after', 5),
      ),
      PlayerEventKind.started: (
        (client) => client.started(1),
        isA<UtteranceStarted>().having((e) => e.utterance, 'utterance', 1),
      ),
      PlayerEventKind.sentence: (
        (client) => client.send(PlayerEventKind.sentence, utterance: 1, text: _span, time: 5),
        isA<SentenceStarted>().having((e) => e.sentence.time.inMicroseconds, 'time', 5),
      ),
      PlayerEventKind.word: (
        (client) => client.word(1, 4, 9, time: 5),
        isA<WordStarted>()
            .having((e) => e.word.start, 'start', 4)
            .having((e) => e.word.endTime.inMicroseconds, 'endTime', 100005),
      ),
      PlayerEventKind.wordEnd: (
        (client) => client.send(PlayerEventKind.wordEnd, utterance: 1, text: _span, time: 5),
        isA<WordEnded>()
            .having((e) => e.word.end, 'end', 3)
            .having((e) => e.time.inMicroseconds, 'time', 5),
      ),
      PlayerEventKind.phoneme: (
        (client) => client.send(
          PlayerEventKind.phoneme,
          utterance: 1,
          text: _span,
          name: 'ə',
          time: 5,
          end: 6,
        ),
        isA<PhonemeStarted>().having((e) => e.phoneme.phoneme, 'phoneme', 'ə'),
      ),
      PlayerEventKind.viseme: (
        (client) => client.send(
          PlayerEventKind.viseme,
          utterance: 1,
          text: _span,
          viseme: 3,
          time: 5,
          end: 6,
        ),
        isA<VisemeStarted>().having((e) => e.viseme.viseme, 'viseme', 3),
      ),
      PlayerEventKind.bookmark: (
        (client) => client.send(
          PlayerEventKind.bookmark,
          utterance: 1,
          text: _span,
          name: 'here',
          time: 5,
        ),
        isA<BookmarkReached>().having((e) => e.bookmark.name, 'name', 'here'),
      ),
      PlayerEventKind.progress: (
        (client) => client.send(PlayerEventKind.progress, utterance: 1, heard: 5, made: 6),
        isA<UtteranceProgressed>()
            .having((e) => e.progress.heard.inMicroseconds, 'heard', 5)
            .having((e) => e.progress.made.inMicroseconds, 'made', 6),
      ),
      PlayerEventKind.interrupted: (
        (client) => client.send(PlayerEventKind.interrupted, utterance: 1, heard: 5),
        isA<UtteranceInterrupted>().having((e) => e.heard.inMicroseconds, 'heard', 5),
      ),
      PlayerEventKind.resumed: (
        (client) => client.send(PlayerEventKind.resumed, utterance: 1, time: 5),
        isA<UtteranceResumed>().having((e) => e.from.inMicroseconds, 'from', 5),
      ),
      PlayerEventKind.replayed: (
        (client) => client.send(PlayerEventKind.replayed, utterance: 1, time: 5),
        isA<UtteranceReplayed>().having((e) => e.from.inMicroseconds, 'from', 5),
      ),
      PlayerEventKind.finished: (
        (client) => client.finished(1),
        isA<UtteranceDone>().having((e) => e.outcome, 'outcome', const UtteranceFinished()),
      ),
      PlayerEventKind.stopped: (
        (client) => client.stopped(1),
        isA<UtteranceDone>().having((e) => e.outcome, 'outcome', isA<UtteranceStopped>()),
      ),
      PlayerEventKind.failed: (
        (client) => client.send(
          PlayerEventKind.failed,
          utterance: 1,
          error: bridgeError(ErrorReason.file),
        ),
        isA<UtteranceFailed>().having((e) => e.error.reason, 'reason', ErrorReason.file),
      ),
      PlayerEventKind.paused: (
        (client) => client.send(PlayerEventKind.paused, isPaused: true),
        isA<PlayerPauseChanged>().having((e) => e.isPaused, 'isPaused', true),
      ),
      PlayerEventKind.volumeSet: (
        (client) => client.send(
          PlayerEventKind.volumeSet,
          volume: const VolumeSetting(level: 0.25, isMuted: true, balance: -1),
        ),
        isA<PlayerVolumeChanged>().having(
          (e) => e.volume,
          'volume',
          const Volume(0.25, true, -1),
        ),
      ),
      PlayerEventKind.obeyed: (
        (client) => client.send(PlayerEventKind.obeyed, command: 9),
        isA<PlayerCommandObeyed>().having((e) => e.command, 'command', 9),
      ),
      PlayerEventKind.leaseRunsOut: (
        (client) => client.send(PlayerEventKind.leaseRunsOut, time: 5000000),
        isA<LeaseRunningOut>().having((e) => e.within.inSeconds, 'within', 5),
      ),
      PlayerEventKind.leaseRenewed: (
        (client) => client.send(PlayerEventKind.leaseRenewed),
        isA<LeaseRenewed>(),
      ),
      PlayerEventKind.departed: (
        (client) => client.depart(DepartureReason.leaseExpired),
        isA<PlayerDeparted>().having((e) => e.reason, 'reason', DepartureReason.leaseExpired),
      ),
    };

    for (final kind in PlayerEventKind.values) {
      if (kind == PlayerEventKind.alive) continue;
      test('${kind.name} is told as a class of its own', () async {
        final (send, matcher) = kinds[kind]!;
        send(bridge.client);
        await pump();
        expect(told.last, matcher);
        if (kind == PlayerEventKind.snapshot) return;
        expect(told, hasLength(1));
      });
    }

    test('alive is not told', () async {
      bridge.client.sendRaw(const bridge_api.PlayerEvent(kind: PlayerEventKind.alive));
      await pump();
      expect(told, isEmpty);
    });

    test('that lacks what it promises is a warning, and the next ones are told', () async {
      for (final kind in PlayerEventKind.values) {
        if (kind == PlayerEventKind.alive || kind == PlayerEventKind.leaseRenewed) continue;
        if (kind == PlayerEventKind.snapshot || kind == PlayerEventKind.lagged) continue;
        told.clear();
        bridge.client.send(kind);
        await pump();
        expect(
          told,
          contains(
            isA<PlayerWarning>()
                .having((e) => e.error.reason, 'reason', ErrorReason.internal)
                .having((e) => e.error.message, 'message', contains(kind.name)),
          ),
          reason: kind.name,
        );
      }
      told.clear();
      bridge.client.queued(1);
      await pump();
      expect(told.single, isA<UtteranceQueued>());
      expect(player.isAttached, isTrue);
    });
  });

  group('the state', () {
    test('follows an utterance from the queue to its end', () async {
      UtteranceState one() => player.state.value.utterance(1)!;
      final client = bridge.client..queued(1);
      await pump();
      expect(one().phase, UtterancePhase.queued);
      expect(player.state.value.isSpeaking, isFalse);
      client.send(PlayerEventKind.prepared, utterance: 1, time: 5);
      await pump();
      expect(one().phase, UtterancePhase.preparing);
      client
        ..started(1)
        ..send(PlayerEventKind.sentence, utterance: 1, text: _span, time: 0)
        ..word(1, 0, 3)
        ..send(PlayerEventKind.progress, utterance: 1, heard: 5, made: 6);
      await pump();
      expect(one().phase, UtterancePhase.speaking);
      expect(one().word?.end, 3);
      expect(one().sentence?.end, 3);
      expect(one().heard.inMicroseconds, 5);
      expect(one().made.inMicroseconds, 6);
      expect(player.state.value.current, one());
      client.send(PlayerEventKind.interrupted, utterance: 1, heard: 5);
      await pump();
      expect(one().phase, UtterancePhase.interrupted);
      client.send(PlayerEventKind.resumed, utterance: 1, time: 5);
      await pump();
      expect(one().phase, UtterancePhase.speaking);
      client.finished(1);
      await pump();
      expect(player.state.value.utterances, isEmpty);
      expect(player.state.value.current, isNull);
    });

    test('has what was asked for in its order, and what is heard as the current one', () async {
      bridge.client
        ..queued(1)
        ..queued(2)
        ..queued(3)
        ..started(2);
      await pump();
      expect([for (final one in player.state.value.utterances) one.id], [1, 2, 3]);
      expect(player.state.value.current?.id, 2);
    });

    test('has what is replayed, until it is over again', () async {
      final client = bridge.client
        ..queued(1, isClip: true)
        ..started(1)
        ..finished(1)
        ..queued(2)
        ..send(PlayerEventKind.replayed, utterance: 1, time: 7)
        ..send(PlayerEventKind.progress, utterance: 1, heard: 8, made: 9);
      await pump();
      final current = player.state.value.current;
      expect(current?.id, 1);
      expect(current?.isClip, isTrue);
      expect(current?.heard.inMicroseconds, 8);
      client.finished(1);
      await pump();
      expect([for (final one in player.state.value.utterances) one.id], [2]);
    });

    test('remembers of the last 64 clips that they are', () async {
      for (var id = 1; id <= 65; id++) {
        bridge.client
          ..queued(id, isClip: true)
          ..finished(id);
      }
      bridge.client
        ..send(PlayerEventKind.replayed, utterance: 2, time: 0)
        ..send(PlayerEventKind.replayed, utterance: 1, time: 0);
      await pump();
      expect([for (final one in player.state.value.utterances) one.isClip], [false, true]);
    });

    test('has pause, volume and lease', () async {
      final client = bridge.client
        ..send(PlayerEventKind.paused, isPaused: true)
        ..send(
          PlayerEventKind.volumeSet,
          volume: const VolumeSetting(level: 0.25, isMuted: false, balance: 0),
        )
        ..send(PlayerEventKind.leaseRunsOut, time: 5);
      await pump();
      expect(player.state.value.isPaused, isTrue);
      expect(player.state.value.volume, const Volume(0.25));
      expect(player.state.value.isLate, isTrue);
      client
        ..send(PlayerEventKind.paused, isPaused: false)
        ..send(PlayerEventKind.leaseRenewed);
      await pump();
      expect(player.state.value.isPaused, isFalse);
      expect(player.state.value.isLate, isFalse);
    });

    test('is told to listeners after each change, and not where nothing changes', () async {
      var changes = 0;
      player.state.addListener(() => changes += 1);
      bridge.client
        ..queued(1)
        ..send(PlayerEventKind.obeyed, command: 1)
        ..send(PlayerEventKind.paused, isPaused: false)
        ..started(1);
      await pump();
      expect(changes, 2);
    });

    test('is that of the moment when its event is told', () async {
      final phases = <UtterancePhase?>[];
      player.events.listen((event) {
        phases.add(player.state.value.utterance(1)?.phase);
      });
      bridge.client.queued(1);
      await pump();
      bridge.client.started(1);
      await pump();
      expect(phases, [UtterancePhase.queued, UtterancePhase.speaking]);
    });
  });

  group('order', () {
    test('one that this version does not know is no gap', () async {
      bridge.client
        ..queued(1)
        ..sendRaw(const bridge_api.PlayerEvent(kind: PlayerEventKind.alive, number: 2))
        ..send(PlayerEventKind.finished, utterance: 1, number: 3);
      await pump();
      expect(told, hasLength(2));
      expect(told.last, isA<UtteranceDone>());
    });

    test('a gap is told, and what follows it is not lost', () async {
      bridge.client
        ..queued(1)
        ..send(PlayerEventKind.started, utterance: 1, number: 5)
        ..finished(1);
      await pump();
      expect(told, hasLength(4));
      expect(
        told[1],
        isA<PlayerEventsGap>()
            .having((e) => e.expected, 'expected', 2)
            .having((e) => e.received, 'received', 5),
      );
      expect(told[3], isA<UtteranceDone>());
    });

    test('one that comes twice is told once, and that it came twice', () async {
      final words = <SpokenWord>[];
      final utterance = await player.speak('text');
      utterance.words.listen(words.add);
      bridge.client
        ..queued(1)
        ..word(1, 0, 3)
        ..send(PlayerEventKind.word, utterance: 1, text: _span, time: 0, end: 1, number: 2)
        ..finished(1);
      await pump();
      expect(words, hasLength(1));
      expect([for (final event in told) event.runtimeType], [
        UtteranceQueued,
        WordStarted,
        PlayerEventsGap,
        UtteranceDone,
      ]);
    });

    test('a snapshot that skips events without a word of them is a gap', () async {
      bridge.client
        ..queued(1)
        ..sendRaw(
          bridge_api.PlayerEvent(
            kind: PlayerEventKind.snapshot,
            number: 9,
            snapshot: _snapshot([]),
          ),
        );
      await pump();
      expect(told[1], isA<PlayerEventsGap>());
      expect(told[2], isA<PlayerSnapshot>());
    });

    test('events that were lost are no gap', () async {
      bridge.client
        ..queued(1)
        ..lag(10, _snapshot([_info(1, UtterancePhase.speaking)]))
        ..finished(1);
      await pump();
      expect([for (final event in told) event.runtimeType], [
        UtteranceQueued,
        PlayerEventsLagged,
        PlayerSnapshot,
        UtteranceDone,
      ]);
    });
  });

  group('after events were lost', () {
    test('the state is that of the snapshot', () async {
      bridge.client
        ..queued(1)
        ..queued(2)
        ..lag(10, _snapshot([_info(2, UtterancePhase.speaking)]));
      await pump();
      expect([for (final one in player.state.value.utterances) one.id], [2]);
      expect(player.state.value.isPaused, isTrue);
      expect(player.isAttached, isTrue);
    });

    test('what the snapshot does not name is over, and how is not known', () async {
      final gone = await player.speak('gone');
      final here = await player.speak('here');
      bridge.client
        ..queued(gone.id)
        ..queued(here.id)
        ..lag(10, _snapshot([_info(here.id, UtterancePhase.speaking)]));
      expect(await gone.done, const UtteranceEndUnknown());
      expect(await here.started, isTrue);
      expect(here.isDone, isFalse);
      bridge.client.finished(here.id);
      expect(await here.done, const UtteranceFinished());
    });

    test('one of which nothing was told yet is asked about, and goes on', () async {
      final utterance = await player.speak('new');
      bridge.client
        ..state = _snapshot([_info(utterance.id, UtterancePhase.queued)])
        ..lag(10, _snapshot([]));
      await pump();
      expect(bridge.count('state'), 1);
      expect(utterance.isDone, isFalse);
      bridge.client
        ..queued(utterance.id)
        ..finished(utterance.id);
      expect(await utterance.done, const UtteranceFinished());
    });

    test('one of which nothing was told, and which the engine does not know, is over', () async {
      final utterance = await player.speak('gone');
      bridge.client.lag(10, _snapshot([]));
      expect(await utterance.done, const UtteranceEndUnknown());
    });

    test('and only then, one that a snapshot does not name may still be new', () async {
      final utterance = await player.speak('new');
      // As the first snapshot, which can come behind the reply of the first call.
      bridge.client.snapshot(emptySnapshot);
      await pump();
      expect(bridge.count('state'), 0);
      expect(utterance.isDone, isFalse);
    });

    test('the reply of a call may still be on its way', () async {
      final reply = bridge.hold('speak');
      final asked = player.speak('new');
      await pump();
      bridge.client.lag(10, _snapshot([_info(1, UtterancePhase.speaking)]));
      await pump();
      reply.complete();
      final utterance = await asked;
      expect(await utterance.started, isTrue);
      bridge.client.finished(1);
      expect(await utterance.done, const UtteranceFinished());
    });
  });

  group('the stream', () {
    test('that has an error goes on, and the error is told', () async {
      bridge.client
        ..sendError(PanicException('cannot be read'))
        ..queued(1);
      await pump();
      expect(told.first, isA<PlayerWarning>());
      expect(told.last, isA<UtteranceQueued>());
    });

    test('that ends without a word ends the attachment, and all that waits for it', () async {
      final utterance = await player.speak('text');
      bridge.client.queued(1);
      await pump();
      bridge.client.loseEvents();
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
      expect(player.isAttached, isFalse);
      expect(player.state.value.isAttached, isFalse);
      expect(player.state.value.departure, isNull);
      expect(player.state.value.utterances, isEmpty);
    });

    test('a listener that throws does not keep the others, or the player, from anything', () async {
      final reported = <Object>[];
      runZonedGuarded(
        () => player.events.listen((_) => throw StateError('a mistake of the app')),
        (error, _) => reported.add(error),
      );
      runZonedGuarded(
        () => player.state.addListener(() => throw StateError('another')),
        (error, _) => reported.add(error),
      );
      bridge.client
        ..queued(1)
        ..started(1);
      await pump();
      expect(told, hasLength(2));
      expect(player.state.value.utterance(1)?.phase, UtterancePhase.speaking);
      expect(reported, hasLength(4));
    });
  });
}
