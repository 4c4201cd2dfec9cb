/// The runtime: its beginning and end, at the same time and again, its events and state, what can
/// be asked of it.
library;

import 'package:fake_async/fake_async.dart';
import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/generated/api/plugins.dart' as bridge_plugins;
import 'package:utter/src/generated/api/requests.dart' show VolumeSetting;
import 'package:utter/src/generated/api/runtime_events.dart' as bridge_api;
import 'package:utter/src/generated/api/runtime_events.dart'
    show OpenOutputInfo, RuntimeEventKind;

import 'support/fake_bridge.dart';
import 'support/session.dart';

const _output = OpenOutputInfo(
  id: 'speakers',
  name: 'Speakers',
  sampleRate: 48000,
  channels: 2,
  format: 'f32',
  periodMicros: 10000,
);

const _later = bridge_api.RuntimeSnapshot(
  isShuttingDown: false,
  voice: VoicePhase.ready,
  voiceShare: 1,
  device: 'cpu',
  output: _output,
  route: 'speakers',
  latencyMicros: 20000,
  isPaused: true,
  volume: VolumeSetting(level: 0.5, isMuted: false, balance: 0),
  clients: [],
  underruns: 3,
  losses: 2,
);

void main() {
  setUp(FakeBridge.install);

  group('init', () {
    test('starts one, and gives the same from then on', () async {
      final bridge = await FakeBridge.install();
      final utter = await Utter.init();
      expect(await Utter.init(), same(utter));
      expect(Utter.instance, same(utter));
      expect(Utter.maybeInstance, same(utter));
      expect(utter.isRunning, isTrue);
      expect(bridge.calls, ['init', 'runtimeEvents']);
    });

    test('asked for several times at once starts one', () async {
      final bridge = await FakeBridge.install();
      final reply = bridge.hold('init');
      final asked = [Utter.init(), Utter.init(), Utter.init()];
      await pump();
      reply.complete();
      final [one, two, three] = await Future.wait(asked);
      expect(two, same(one));
      expect(three, same(one));
      expect(bridge.calls, ['init', 'runtimeEvents']);
    });

    test('gives the engine the configuration', () async {
      final (bridge, utter) = await startRuntime(
        const UtterConfig(
          artifacts: 'voice',
          device: 'cpu',
          threads: 2,
          voiceFiles: [VoiceFile(name: 'mine', path: 'mine.npy')],
          languages: ['en-GB'],
          espeak: true,
          outputs: OutputSystem.wav,
          wavPath: 'out.wav',
          plugins: 'plugins',
          output: 'speakers',
          period: Duration(milliseconds: 10),
          progressInterval: Duration(milliseconds: 50),
          lease: Duration(seconds: 6),
          grace: Duration(seconds: 2),
          clients: 4,
        ),
      );
      final settings = bridge.runtime!.settings;
      expect(settings.artifacts, 'voice');
      expect(settings.device, 'cpu');
      expect(settings.threads, 2);
      expect(settings.voiceFiles.single.name, 'mine');
      expect(settings.voiceFiles.single.path, 'mine.npy');
      expect(settings.languages, ['en-GB']);
      expect(settings.espeak, isTrue);
      expect(settings.outputs, OutputSystem.wav);
      expect(settings.wavPath, 'out.wav');
      expect(settings.plugins, 'plugins');
      expect(settings.output, 'speakers');
      expect(settings.periodMicros, 10000);
      expect(settings.progressIntervalMicros, 50000);
      expect(settings.leaseMillis, 6000);
      expect(settings.graceMillis, 2000);
      expect(settings.clients, 4);
      expect(utter.config.threads, 2);
    });

    test('that failed can be tried again, also by those who waited', () async {
      final bridge = await FakeBridge.install();
      bridge.failNext('init', bridgeError(ErrorReason.invalidDevice));
      final first = reasonOf(Utter.init());
      final second = Utter.init();
      expect(await first, ErrorReason.invalidDevice);
      expect((await second).isRunning, isTrue);
    });

    test('with another configuration is refused by the engine, and changes nothing', () async {
      final (bridge, utter) = await startRuntime();
      bridge.failNext('init', bridgeError(ErrorReason.otherConfiguration));
      final other = Utter.init(const UtterConfig(threads: 7));
      expect(await reasonOf(other), ErrorReason.otherConfiguration);
      expect(Utter.instance, same(utter));
      expect(await Utter.init(), same(utter));
    });

    test('with one that the engine takes for the same gives the same', () async {
      final (bridge, utter) = await startRuntime();
      expect(await Utter.init(const UtterConfig(clients: 64)), same(utter));
      expect(bridge.count('runtimeEvents'), 1);
    });

    test('knows equal configurations', () {
      // Not const, so that they are not one object.
      UtterConfig made(String name) => UtterConfig(
        voiceFiles: [VoiceFile(name: name, path: 'path')],
        languages: ['en-US'],
      );
      expect(made('a'), made('a'));
      expect(made('a').hashCode, made('a').hashCode);
      expect(made('a'), isNot(made('b')));
      expect(const UtterConfig(), isNot(const UtterConfig(languages: [])));
    });
  });

  group('shutdown', () {
    test('ends events, state and players, and init starts another', () async {
      final (bridge, utter) = await startRuntime();
      final player = await utter.createPlayer();
      final utterance = await player.speak('text');
      final events = utter.events.toList();
      await pump();
      await utter.shutdown();
      expect(utter.isRunning, isFalse);
      expect(utter.state.value.isRunning, isFalse);
      expect((await events).last, isA<RuntimeShuttingDown>());
      expect(player.isAttached, isFalse);
      expect(player.state.value.departure, DepartureReason.shutDown);
      expect(await reasonOf(utterance.done), ErrorReason.staleClient);
      expect(Utter.maybeInstance, isNull);
      await utter.shutdown();
      expect(bridge.count('shutdown'), 1);

      final another = await Utter.init();
      expect(another, isNot(same(utter)));
      expect(another.isRunning, isTrue);
      expect(bridge.count('init'), 2);
      expect((await another.createPlayer()).isAttached, isTrue);
      // What belonged to the old one can be asked for nothing, and does not reach the new one.
      bridge.calls.clear();
      expect(await reasonOf(utter.warmUp()), ErrorReason.notInitialised);
      expect(await reasonOf(utter.createPlayer()), ErrorReason.notInitialised);
      expect(await reasonOf(utter.stopAll()), ErrorReason.notInitialised);
      expect(utter.level, const OutputLevel(peak: 0, rms: 0));
      expect(bridge.calls, isEmpty);
    });

    test('lets players be attached to the next one', () async {
      final (bridge, utter) = await startRuntime();
      final player = await utter.createPlayer();
      await utter.shutdown();
      expect(await reasonOf(player.reattach()), ErrorReason.notInitialised);
      await Utter.init();
      await player.reattach();
      expect(player.isAttached, isTrue);
      await player.dispose();
      expect(bridge.client.isStale, isTrue);
    });

    test('and init at the same time are one after the other', () async {
      final (bridge, utter) = await startRuntime();
      final reply = bridge.hold('shutdown');
      final ended = utter.shutdown();
      final begun = Utter.init();
      await pump();
      expect(bridge.count('init'), 1);
      reply.complete();
      await ended;
      expect((await begun).isRunning, isTrue);
      expect(bridge.calls, [
        'init',
        'runtimeEvents',
        'shutdown',
        'init',
        'runtimeEvents',
      ]);
    });

    test('while a player is made ends that, too', () async {
      final (bridge, utter) = await startRuntime();
      final reply = bridge.hold('createClient');
      final reason = reasonOf(utter.createPlayer());
      await pump();
      await utter.shutdown();
      reply.complete();
      // Its client is of the runtime that was, so the engine refuses to tell of it.
      expect(await reason, ErrorReason.staleClient);
      expect(utter.players, isEmpty);
    });

    test('and another init while a player is made do not mix the two up', () async {
      final (bridge, utter) = await startRuntime();
      final call = bridge.delay('createClient');
      final reason = reasonOf(utter.createPlayer());
      await utter.shutdown();
      final another = await Utter.init();
      call.complete();
      expect(await reason, ErrorReason.shuttingDown);
      await pump();
      expect(bridge.client.isStale, isTrue);
      expect(utter.players, isEmpty);
      expect(another.players, isEmpty);
    });

    test('does not wait for ever for events that do not end', () {
      fakeAsync((time) {
        late FakeBridge bridge;
        late UtterPlayer player;
        startPlayerIn(time, (given) => (bridge, player) = given);
        final utter = Utter.instance;
        bridge.endsByItself = false;
        var isDone = false;
        utter.shutdown().then((_) => isDone = true);
        time.elapse(const Duration(milliseconds: 1999));
        expect(isDone, isFalse);
        time.elapse(const Duration(milliseconds: 1));
        expect(isDone, isTrue);
        expect(Utter.maybeInstance, isNull);
        expect(player.isAttached, isFalse);
        expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
      });
    });

    test('by another isolate is seen, and init starts another', () async {
      final (bridge, utter) = await startRuntime();
      bridge.runtime!
        ..send(RuntimeEventKind.shuttingDown)
        ..end();
      bridge.runtime = null;
      await pump();
      expect(utter.isRunning, isFalse);
      expect(Utter.maybeInstance, isNull);
      expect(await Utter.init(), isNot(same(utter)));
      expect(bridge.count('shutdown'), 0);
    });

    test('that is under way elsewhere is not taken for a runtime', () async {
      final (bridge, utter) = await startRuntime();
      bridge.runtime!.send(RuntimeEventKind.shuttingDown);
      await pump();
      expect(utter.isRunning, isFalse);
      bridge.runtime = null;
      final another = await Utter.init();
      expect(another, isNot(same(utter)));
      expect(another.isRunning, isTrue);
    });
  });

  group('restart', () {
    test('ends the one that runs, and starts one with another configuration', () async {
      final (bridge, utter) = await startRuntime();
      final another = await Utter.restart(const UtterConfig(threads: 7));
      expect(utter.isRunning, isFalse);
      expect(another.isRunning, isTrue);
      expect(bridge.runtime?.settings.threads, 7);
      expect(bridge.calls, ['init', 'runtimeEvents', 'shutdown', 'init', 'runtimeEvents']);
    });

    test('ends one that this isolate does not know, as after a hot restart', () async {
      final bridge = await FakeBridge.install();
      await Utter.restart();
      expect(bridge.calls, ['shutdown', 'init', 'runtimeEvents']);
    });
  });

  test('a hot restart that is announced evicts the players', () async {
    final (_, utter) = await startRuntime();
    final player = await utter.createPlayer();
    await utter.prepareHotRestart();
    await pump();
    expect(player.isAttached, isFalse);
    expect(player.state.value.departure, DepartureReason.hotRestart);
    await player.dispose();
  });

  group('calls', () {
    test('reach the engine with what they say, and give what it answers', () async {
      final (bridge, utter) = await startRuntime();
      bridge.calls.clear();
      await utter.warmUp();
      await utter.releaseMemory();
      await utter.setDevice('cpu');
      await utter.cancelCalls();
      expect((await utter.outputs()).single.name, 'Speakers');
      expect((await utter.voices()).single.name, 'af_heart');
      expect(await utter.metrics(), {'underruns': 2.0});
      expect(await utter.setOutput('speakers'), 1);
      expect(await utter.setOutput(null), 2);
      expect(await utter.releaseOutput(), isTrue);
      expect(await utter.setVolume(const Volume(0.5)), 3);
      expect(await utter.pauseAll(), 4);
      expect(await utter.resumeAll(), 5);
      expect(await utter.stopAll(how: StopMode.now), 6);
      expect(bridge.calls, [
        'warmup',
        'releaseMemory',
        'setDevice cpu',
        'cancelCalls',
        'outputs',
        'voices',
        'metrics',
        'setOutput speakers',
        'setOutput null',
        'releaseOutput',
        'setRuntimeVolume 0.5',
        'pauseAll',
        'resumeAll',
        'stopAll now',
      ]);
    });

    test('status has all of it', () async {
      final (_, utter) = await startRuntime();
      final player = await utter.createPlayer(name: 'reader');
      final status = await utter.status();
      expect(status.version, '0.1.0');
      expect(status.state, RuntimeState());
      expect(status.artifacts, isNull);
      expect(status.artifactsError?.reason, ErrorReason.missingArtifacts);
      expect(status.devices, ['cpu']);
      expect(status.isWarm, isFalse);
      expect(status.clients.single.name, 'reader');
      expect(status.clients.single.attached, const Duration(seconds: 2));
      expect(status.clients.single.silent, const Duration(seconds: 1));
      expect(status.clients.single.state, PlayerState());
      expect(status.queued, const Duration(seconds: 3));
      expect(status.period, const Duration(milliseconds: 10));
      expect(status.loadMedian, 0.1);
      expect(status.loadMax, 0.2);
      expect(status.subscriptions, 1);
      await player.dispose();
    });

    test('levels are asked for while somebody listens, and until the end', () {
      fakeAsync((time) {
        late FakeBridge bridge;
        startPlayerIn(time, (given) => bridge = given.$1);
        final utter = Utter.instance;
        bridge.level = const OutputLevel(peak: 0.5, rms: 0.25);
        expect(utter.level.peak, 0.5);
        bridge.calls.clear();
        final levels = utter.levels(interval: const Duration(milliseconds: 100));
        expect(utter.levels(interval: const Duration(milliseconds: 100)), same(levels));
        time.elapse(const Duration(seconds: 1));
        expect(bridge.count('level'), 0);
        final told = <OutputLevel>[];
        var isOver = false;
        var listening = levels.listen(told.add);
        time.elapse(const Duration(milliseconds: 300));
        expect(told, hasLength(4));
        expect(told.last.rms, 0.25);
        listening.cancel();
        time.elapse(const Duration(seconds: 1));
        expect(bridge.count('level'), 4);
        listening = levels.listen(told.add, onDone: () => isOver = true);
        time.elapse(const Duration(milliseconds: 100));
        expect(told, hasLength(6));
        shutDownIn(time);
        expect(isOver, isTrue);
        expect(time.periodicTimerCount + time.nonPeriodicTimerCount, 0);
      });
    });
  });

  group('events', () {
    final kinds = <RuntimeEventKind, (void Function(FakeRuntime), Matcher)>{
      RuntimeEventKind.snapshot: (
        (runtime) => runtime.lag(3, _later),
        isA<RuntimeSnapshot>()
            .having((e) => e.state.voice, 'voice', VoicePhase.ready)
            .having((e) => e.state.output?.period?.inMilliseconds, 'period', 10)
            .having((e) => e.state.latency?.inMilliseconds, 'latency', 20)
            .having((e) => e.state.route, 'route', 'speakers')
            .having((e) => e.state.volume, 'volume', const Volume(0.5))
            .having((e) => e.state.underruns, 'underruns', 3),
      ),
      RuntimeEventKind.lagged: (
        (runtime) => runtime.sendRaw(
          const bridge_api.RuntimeEvent(kind: RuntimeEventKind.lagged, missed: 3),
        ),
        isA<RuntimeEventsLagged>().having((e) => e.missed, 'missed', 3),
      ),
      RuntimeEventKind.shuttingDown: (
        (runtime) => runtime.send(RuntimeEventKind.shuttingDown),
        isA<RuntimeShuttingDown>(),
      ),
      RuntimeEventKind.voice: (
        (runtime) => runtime.send(
          RuntimeEventKind.voice,
          voice: VoicePhase.failed,
          share: 0,
          error: bridgeError(ErrorReason.missingArtifacts),
        ),
        isA<VoiceChanged>()
            .having((e) => e.phase, 'phase', VoicePhase.failed)
            .having((e) => e.error?.reason, 'reason', ErrorReason.missingArtifacts),
      ),
      RuntimeEventKind.rebuilding: (
        (runtime) => runtime.send(RuntimeEventKind.rebuilding, share: 0.5),
        isA<VoiceRebuilding>().having((e) => e.share, 'share', 0.5),
      ),
      RuntimeEventKind.deviceSet: (
        (runtime) => runtime.send(RuntimeEventKind.deviceSet, name: 'cpu'),
        isA<DeviceSet>().having((e) => e.device, 'device', 'cpu'),
      ),
      RuntimeEventKind.deviceFailed: (
        (runtime) => runtime.send(
          RuntimeEventKind.deviceFailed,
          name: 'gpu',
          error: bridgeError(ErrorReason.invalidDevice),
        ),
        isA<DeviceFailed>().having((e) => e.error.reason, 'reason', ErrorReason.invalidDevice),
      ),
      RuntimeEventKind.outputOpened: (
        (runtime) => runtime.send(RuntimeEventKind.outputOpened, output: _output),
        isA<OutputOpened>().having((e) => e.output.sampleRate, 'sampleRate', 48000),
      ),
      RuntimeEventKind.latency: (
        (runtime) => runtime.send(RuntimeEventKind.latency, time: 20000),
        isA<OutputLatencyChanged>().having((e) => e.latency.inMilliseconds, 'latency', 20),
      ),
      RuntimeEventKind.outputLost: (
        (runtime) => runtime.send(
          RuntimeEventKind.outputLost,
          name: 'Speakers',
          loss: OutputLossReason.disconnected,
        ),
        isA<OutputLost>().having((e) => e.reason, 'reason', OutputLossReason.disconnected),
      ),
      RuntimeEventKind.outputGivenUp: (
        (runtime) => runtime.send(
          RuntimeEventKind.outputGivenUp,
          time: 30000000,
          error: bridgeError(ErrorReason.output),
        ),
        isA<OutputGivenUp>().having((e) => e.after.inSeconds, 'after', 30),
      ),
      RuntimeEventKind.outputReleased: (
        (runtime) => runtime.send(RuntimeEventKind.outputReleased),
        isA<OutputReleased>(),
      ),
      RuntimeEventKind.routeSet: (
        (runtime) => runtime.send(RuntimeEventKind.routeSet),
        isA<RouteSet>().having((e) => e.output, 'output', null),
      ),
      RuntimeEventKind.routeFailed: (
        (runtime) => runtime.send(
          RuntimeEventKind.routeFailed,
          route: 'headphones',
          command: 4,
          error: bridgeError(ErrorReason.output),
        ),
        isA<RouteFailed>()
            .having((e) => e.output, 'output', 'headphones')
            .having((e) => e.command, 'command', 4),
      ),
      RuntimeEventKind.obeyed: (
        (runtime) => runtime.send(RuntimeEventKind.obeyed, command: 4),
        isA<RuntimeCommandObeyed>().having((e) => e.command, 'command', 4),
      ),
      RuntimeEventKind.paused: (
        (runtime) => runtime.send(RuntimeEventKind.paused, isPaused: true),
        isA<RuntimePauseChanged>().having((e) => e.isPaused, 'isPaused', true),
      ),
      RuntimeEventKind.volumeSet: (
        (runtime) => runtime.send(
          RuntimeEventKind.volumeSet,
          volume: const VolumeSetting(level: 0.5, isMuted: false, balance: 0),
        ),
        isA<RuntimeVolumeChanged>().having((e) => e.volume.level, 'level', 0.5),
      ),
      RuntimeEventKind.underrun: (
        (runtime) => runtime.send(RuntimeEventKind.underrun, times: 2),
        isA<OutputUnderrun>().having((e) => e.times, 'times', 2),
      ),
      RuntimeEventKind.xrun: (
        (runtime) => runtime.send(RuntimeEventKind.xrun, times: 2),
        isA<OutputXrun>().having((e) => e.times, 'times', 2),
      ),
      // `plugins_test.dart` has one of each kind.
      RuntimeEventKind.plugin: (
        (runtime) => runtime.send(
          RuntimeEventKind.plugin,
          plugin: const bridge_plugins.PluginEvent(
            kind: bridge_plugins.PluginEventKind.loaded,
            plugin: 'timed',
            generation: 3,
          ),
        ),
        isA<PluginLoaded>().having((e) => e.generation, 'generation', 3),
      ),
      RuntimeEventKind.clientAttached: (
        (runtime) => runtime.send(
          RuntimeEventKind.clientAttached,
          client: const ClientHandle(generation: 1, number: 9),
          name: 'other',
        ),
        isA<ClientAttached>().having((e) => e.name, 'name', 'other'),
      ),
      RuntimeEventKind.clientDeparted: (
        (runtime) => runtime.send(
          RuntimeEventKind.clientDeparted,
          client: const ClientHandle(generation: 1, number: 9),
          departure: DepartureReason.eventsAbandoned,
        ),
        isA<ClientDeparted>().having((e) => e.reason, 'reason', DepartureReason.eventsAbandoned),
      ),
      RuntimeEventKind.warning: (
        (runtime) => runtime.send(
          RuntimeEventKind.warning,
          error: bridgeError(ErrorReason.plugin),
        ),
        isA<RuntimeWarning>().having((e) => e.error.reason, 'reason', ErrorReason.plugin),
      ),
    };

    for (final kind in RuntimeEventKind.values) {
      if (kind == RuntimeEventKind.alive) continue;
      test('${kind.name} is told as a class of its own', () async {
        final (bridge, utter) = await startRuntime();
        await pump();
        final told = <RuntimeEvent>[];
        utter.events.listen(told.add);
        final (send, matcher) = kinds[kind]!;
        bridge.runtime!.sendRaw(const bridge_api.RuntimeEvent(kind: RuntimeEventKind.alive));
        send(bridge.runtime!);
        await pump();
        expect(told.last, matcher);
        expect(told, hasLength(kind == RuntimeEventKind.snapshot ? 2 : 1));
      });
    }

    test('change the state as they change the engine', () async {
      final (bridge, utter) = await startRuntime();
      const client = ClientHandle(generation: 1, number: 9);
      var changes = 0;
      utter.state.addListener(() => changes += 1);
      final runtime = bridge.runtime!
        ..send(RuntimeEventKind.voice, voice: VoicePhase.loading, share: 0.5)
        ..send(RuntimeEventKind.outputOpened, output: _output)
        ..send(RuntimeEventKind.latency, time: 20000)
        ..send(RuntimeEventKind.routeSet, route: 'speakers')
        ..send(RuntimeEventKind.paused, isPaused: true)
        ..send(RuntimeEventKind.underrun, times: 2)
        ..send(RuntimeEventKind.underrun, times: 1)
        ..send(RuntimeEventKind.clientAttached, client: client, name: 'other')
        ..send(RuntimeEventKind.xrun, times: 5);
      await pump();
      final state = utter.state.value;
      expect(state.voice, VoicePhase.loading);
      expect(state.voiceShare, 0.5);
      expect(state.output?.name, 'Speakers');
      expect(state.latency, const Duration(milliseconds: 20));
      expect(state.route, 'speakers');
      expect(state.isPaused, isTrue);
      expect(state.underruns, 3);
      expect(state.clients, {client: 'other'});
      expect(changes, 8);
      runtime
        ..send(RuntimeEventKind.voice, voice: VoicePhase.ready)
        ..send(
          RuntimeEventKind.outputLost,
          name: 'Speakers',
          loss: OutputLossReason.stalled,
        )
        ..send(RuntimeEventKind.routeSet)
        ..send(
          RuntimeEventKind.clientDeparted,
          client: client,
          departure: DepartureReason.disposed,
        );
      await pump();
      expect(utter.state.value.voiceShare, 1.0);
      expect(utter.state.value.output, isNull);
      expect(utter.state.value.latency, isNull);
      expect(utter.state.value.losses, 1);
      expect(utter.state.value.route, isNull);
      expect(utter.state.value.clients, isEmpty);
      runtime.lag(5, _later);
      await pump();
      expect(utter.state.value.underruns, 3);
      expect(utter.state.value.losses, 2);
    });

    test('a gap, and one that lacks what it promises, are told', () async {
      final (bridge, utter) = await startRuntime();
      await pump();
      final told = <RuntimeEvent>[];
      utter.events.listen(told.add);
      bridge.runtime!
        ..send(RuntimeEventKind.underrun, times: 1, number: 4)
        ..send(RuntimeEventKind.latency)
        ..send(RuntimeEventKind.outputReleased);
      await pump();
      expect([for (final event in told) event.runtimeType], [
        RuntimeEventsGap,
        OutputUnderrun,
        RuntimeWarning,
        OutputReleased,
      ]);
    });
  });
}
