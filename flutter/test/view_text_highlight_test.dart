/// What is drawn of a text as it is heard.
library;

import 'package:test/test.dart';
import 'package:utter/src/core/view/text_highlight.dart';

const _text = 'One two three.';

String _joined(List<TextPiece> pieces) => pieces.map((piece) => piece.text).join();

void main() {
  test('before the first word all of it is upcoming, after the last all of it was heard', () {
    expect(highlightText(_text), [const TextPiece(_text, TextRole.upcoming)]);
    expect(highlightText(_text, start: 8, end: 13, isOver: true), [
      const TextPiece(_text, TextRole.heard),
    ]);
    expect(highlightText(''), isEmpty);
  });

  test('the word that is heard stands between what was heard and what was not', () {
    expect(highlightText(_text, start: 4, end: 7), [
      const TextPiece('One ', TextRole.heard),
      const TextPiece('two', TextRole.current),
      const TextPiece(' three.', TextRole.upcoming),
    ]);
    expect(highlightText(_text, start: 0, end: 3).first, const TextPiece('One', TextRole.current));
  });

  test('a word beyond the end is cut to what is there', () {
    expect(highlightText('Short', start: 3, end: 90), [
      const TextPiece('Sho', TextRole.heard),
      const TextPiece('rt', TextRole.current),
    ]);
    expect(highlightText('Short', start: 40, end: 90), [const TextPiece('Short', TextRole.heard)]);
    expect(highlightText('Short', start: 3, end: 1), [
      const TextPiece('Sho', TextRole.heard),
      const TextPiece('rt', TextRole.upcoming),
    ]);
  });

  test('whatever the places are, the pieces are the text, and no character is cut in two', () {
    const text = 'a😀b👩‍🚀c';
    for (var start = -1; start <= text.length + 1; start++) {
      for (var end = start; end <= text.length + 1; end++) {
        final pieces = highlightText(text, start: start, end: end);
        expect(_joined(pieces), text);
        for (final piece in pieces) {
          final first = piece.text.codeUnitAt(0);
          final last = piece.text.codeUnitAt(piece.text.length - 1);
          expect(first & 0xfc00 == 0xdc00, isFalse, reason: '$start..$end begins in a pair');
          expect(last & 0xfc00 == 0xd800, isFalse, reason: '$start..$end ends in a pair');
        }
      }
    }
  });
}
