/// What lists of voices and outputs, error cards and status pages show.
library;

import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/core/view/error_view.dart';
import 'package:utter/src/core/view/output_entries.dart';
import 'package:utter/src/core/view/status_rows.dart';
import 'package:utter/src/core/view/voice_entries.dart';

VoiceDescription _voice(String name, String? language, {bool readsText = true}) =>
    VoiceDescription(name: name, language: language, readsText: readsText);

OutputDescription _output(String id, String name, {bool isDefault = false}) =>
    OutputDescription(id: id, name: name, isDefault: isDefault, formats: const []);

const _open = OpenOutput(
  id: 'usb',
  name: 'Headset',
  sampleRate: 48000,
  channels: 2,
  format: 'f32',
  period: Duration(milliseconds: 20),
);

UtterStatus _status({RuntimeState? state, UtterException? error, List<ClientStatus>? clients}) =>
    UtterStatus(
      version: '0.1.0',
      state: state ?? RuntimeState(),
      artifacts: const ArtifactsDescription(
        path: '/voice',
        model: 'Kokoro-82M',
        target: 'x86-64-v3',
        tvm: '0.27',
      ),
      artifactsError: error,
      devices: const ['cpu'],
      isWarm: true,
      clients: clients ?? const [],
      queued: const Duration(milliseconds: 1200),
      period: const Duration(microseconds: 20500),
      loadMedian: 0.012,
      loadMax: 0.2,
      subscriptions: 2,
    );

StatusRow _row(UtterStatus status, String section, String label) => statusSections(status)
    .firstWhere((found) => found.title == section)
    .rows
    .firstWhere((found) => found.label == label);

void main() {
  group('voices', () {
    test('are grouped by language, and named for people', () {
      final groups = voiceGroups([
        _voice('af_sky', 'en-US'),
        _voice('bm_george', 'en-GB'),
        _voice('af_heart', 'en-US'),
      ]);
      expect(groups.map((group) => group.label).toList(), [
        'English (United States)',
        'English (United Kingdom)',
      ]);
      expect(groups.first.voices, [
        const VoiceEntry(name: 'af_heart', label: 'Heart', detail: 'female'),
        const VoiceEntry(name: 'af_sky', label: 'Sky', detail: 'female'),
      ]);
      expect(groups.last.voices.single.title, 'George (male)');
    });

    test("the app's own come last, under the names that it gave them", () {
      final groups = voiceGroups([_voice('grandma', null), _voice('ef_dora', 'es')]);
      expect(groups.map((group) => group.label).toList(), ['Spanish', 'Other voices']);
      expect(groups.last.voices.single.title, 'grandma');
    });

    test('one whose language is not read says so; a language without a name has its tag', () {
      final entry = voiceGroups([_voice('zf_xiaobei', 'zh', readsText: false)]).single;
      expect(entry.label, 'Chinese (Mandarin)');
      expect(entry.voices.single.title, 'Xiaobei (female, needs espeak-ng or phonemes)');
      expect(voiceGroups([_voice('xf_new_one', 'xx')]).single.label, 'xx');
      expect(voiceGroups([_voice('xf_new_one', 'xx')]).single.voices.single.label, 'New one');
    });
  });

  group('outputs', () {
    final outputs = [_output('hw:0', 'Speakers', isDefault: true), _output('usb', 'Headset')];

    test('begin with the default, and mark the one that is open', () {
      expect(outputEntries(outputs, RuntimeState(route: 'usb', output: _open)), const [
        OutputEntry(id: null, label: 'System default: Speakers'),
        OutputEntry(id: 'hw:0', label: 'Speakers'),
        OutputEntry(id: 'usb', label: 'Headset', isOpen: true),
      ]);
      final standard = outputEntries(outputs, RuntimeState(output: _open)).first;
      expect(standard.isOpen, isTrue);
    });

    test('have the one that was chosen, though it is gone', () {
      final entries = outputEntries(outputs, RuntimeState(route: 'bluez'));
      expect(
        entries.last,
        const OutputEntry(id: 'bluez', label: 'bluez (not connected)', isMissing: true),
      );
      expect(entries.where((entry) => entry.id == 'bluez').length, 1);
    });

    test('of one name are told apart', () {
      final twins = [_output('a', 'HDMI'), _output('b', 'HDMI')];
      expect(outputEntries(twins, RuntimeState()).map((entry) => entry.label).toList(), [
        'System default',
        'HDMI [a]',
        'HDMI [b]',
      ]);
    });
  });

  group('errors', () {
    test('every reason has a title of its own', () {
      final titles = {
        for (final reason in ErrorReason.values)
          ErrorView.of(UtterException(reason, 'message', 'hint')).title,
      };
      expect(titles.length, ErrorReason.values.length);
    });

    test('show message and hint, and whether trying again can help', () {
      final output = ErrorView.of(
        const UtterException(ErrorReason.output, 'No device.', 'Plug one in.'),
      );
      expect(output.title, 'There is no sound output');
      expect(output.message, 'No device.');
      expect(output.hint, 'Plug one in.');
      expect(output.canRetry, isTrue);
      expect(
        ErrorView.of(const UtterException(ErrorReason.invalidVoice, 'm', 'h')).canRetry,
        isFalse,
      );
      expect(ErrorView.of(StateError('broken')).message, contains('broken'));
    });
  });

  group('status', () {
    test('of a runtime that does nothing', () {
      final status = _status();
      expect(_row(status, 'Engine', 'State').value, 'running');
      expect(_row(status, 'Voice', 'State').value, 'not loaded');
      expect(_row(status, 'Output', 'Open').value, 'no');
      expect(_row(status, 'Output', 'Period').value, '20.5 ms');
      expect(_row(status, 'Output', 'Queued').value, '1200 ms');
      expect(_row(status, 'Output', 'Load of the callback').value, '1.2 % median, 20.0 % at most');
      expect(_row(status, 'Players', 'Attached').value, 'none');
      expect(
        statusSections(status).expand((section) => section.rows).where((row) => row.isTrouble),
        isEmpty,
      );
    });

    test('marks what is to be looked into', () {
      const failed = UtterException(ErrorReason.damagedArtifacts, 'A file differs.', 'Mend it.');
      final status = _status(
        state: RuntimeState(
          voice: VoicePhase.failed,
          voiceError: failed,
          underruns: 3,
          output: _open,
          volume: const Volume(0.5, true),
        ),
      );
      expect(
        _row(status, 'Voice', 'Error'),
        const StatusRow('Error', 'A file differs. Mend it.', isTrouble: true),
      );
      expect(_row(status, 'Voice', 'State').isTrouble, isTrue);
      expect(_row(status, 'Output', 'Underruns').isTrouble, isTrue);
      expect(_row(status, 'Output', 'Format').value, '48000 Hz, stereo, f32');
      expect(_row(status, 'Output', 'Volume').value, '50.0 %, muted');
    });

    test('has a line for each player, and can be copied', () {
      final status = _status(
        clients: [
          ClientStatus(
            client: const ClientHandle(generation: 0, number: 7),
            name: 'reader',
            attached: const Duration(minutes: 1),
            silent: Duration.zero,
            state: PlayerState(
              isPaused: true,
              utterances: const [
                UtteranceState(id: 1, isClip: false, phase: UtterancePhase.speaking),
              ],
            ),
          ),
        ],
      );
      expect(_row(status, 'Players', 'reader').value, 'paused, 1 to say');
      expect(statusText(status), contains('Players\n  reader: paused, 1 to say'));
    });
  });
}
