/// The whole of it on a device: the app, the native library, the voice; audio is discarded as fast
/// as a device would play it.
///
/// `flutter test integration_test` in this folder, with a voice among the assets or, on a desktop,
/// in the user's cache.
library;

import 'package:flutter_test/flutter_test.dart';
import 'package:integration_test/integration_test.dart';
import 'package:utter/utter.dart';

void main() {
  IntegrationTestWidgetsFlutterBinding.ensureInitialized();

  late Utter utter;
  late UtterPlayer player;

  setUpAll(() async {
    final artifacts = await UtterAssets.locate();
    utter = await Utter.init(UtterConfig(artifacts: artifacts, outputs: OutputSystem.discard));
    await utter.warmUp();
  });

  tearDownAll(() => utter.shutdown());

  setUp(() async => player = await utter.createPlayer(name: 'test'));

  tearDown(() => player.dispose());

  test('a second init finds the same runtime', () async {
    expect(await Utter.init(utter.config), same(utter));
  });

  test('every word is told, in order, and the end', () async {
    const text = 'The quick brown fox.';
    final utterance = await player.speak(text);
    final words = utterance.words.map((word) => word.of(text)).toList();
    expect(await utterance.done, const UtteranceFinished());
    expect(await words, ['The', 'quick', 'brown', 'fox']);
  });

  test('what was not heard is told after a stop', () async {
    const text = 'One, two, three, four, five, six, seven, eight, nine, ten.';
    final utterance = await player.speak(text);
    await utterance.words.first;
    await utterance.stop();
    final outcome = await utterance.done;
    expect(outcome, isA<UtteranceStopped>());
    final heard = (outcome as UtteranceStopped).heard;
    expect(heard.unheardText, isNotEmpty);
    expect(text.endsWith(heard.unheardText.trimRight()), isTrue);
  });

  test('a text is said while it is written', () async {
    final stream = await player.speakStream();
    await stream.addStream(Stream.fromIterable(['This is ', 'written ', 'in pieces.']));
    await stream.finish();
    expect(await stream.utterance.done, const UtteranceFinished());
  });

  test('a voice that is not there is an error with a hint', () async {
    await expectLater(
      player.speak('Hello.', voice: 'nobody'),
      throwsA(
        isA<UtterException>()
            .having((error) => error.reason, 'reason', ErrorReason.invalidVoice)
            .having((error) => error.hint, 'hint', isNotEmpty),
      ),
    );
  });

  test('the runtime can be shut down and started again', () async {
    final config = utter.config;
    await utter.shutdown();
    expect(Utter.maybeInstance, isNull);
    utter = await Utter.init(config);
    player = await utter.createPlayer(name: 'test');
    final utterance = await player.speak('Again.');
    expect(await utterance.done, const UtteranceFinished());
  });
}
