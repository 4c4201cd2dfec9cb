/// The example's screen on a device: a text is written, said, and highlighted.
library;

import 'package:flutter/material.dart';
import 'package:flutter_test/flutter_test.dart';
import 'package:integration_test/integration_test.dart';
import 'package:utter/utter.dart';
import 'package:utter_example/main.dart';

void main() {
  IntegrationTestWidgetsFlutterBinding.ensureInitialized();

  testWidgets('the text that is written is said and shown', (tester) async {
    await tester.pumpWidget(const ExampleApp());
    await _until(tester, () => find.text('Speak').evaluate().isNotEmpty);
    await tester.enterText(find.byType(TextField).first, 'Hello, world.');
    await tester.tap(find.text('Speak'));
    final view = find.byType(UtterTextView);
    await _until(tester, () {
      final reader = tester.widget<UtterTextView>(view).reader;
      return reader.state.value.error != null || reader.state.value.isOver;
    });
    final state = tester.widget<UtterTextView>(view).reader.state.value;
    expect(state.error, isNull);
    expect(state.text, 'Hello, world.');
    expect(state.canSpeak, isTrue);
  });
}

/// Draws frames until [isReached]; half a minute at most, for a voice that has to be copied and
/// loaded.
Future<void> _until(WidgetTester tester, bool Function() isReached) async {
  final clock = Stopwatch()..start();
  while (!isReached()) {
    if (clock.elapsed > const Duration(seconds: 30)) {
      fail('It was waited for in vain.');
    }
    await tester.pump(const Duration(milliseconds: 50));
  }
}
