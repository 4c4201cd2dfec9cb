/// Places in UTF-8 and UTF-16.
library;

import 'dart:convert';

import 'package:test/test.dart';
import 'package:utter/src/core/utf16_places.dart';

void main() {
  test('every beginning of a character is found, forwards and backwards', () {
    const text = 'A naïve 😀 fox, “quoted” — 語!';
    final places = Utf16Places(text);
    final begins = <(int, int)>[];
    var units = 0;
    for (final rune in text.runes) {
      begins.add((utf8.encode(text.substring(0, units)).length, units));
      units += rune > 0xffff ? 2 : 1;
    }
    for (final (bytes, index) in [...begins, ...begins.reversed]) {
      expect(places.at(bytes), equals(index));
    }
  });

  test('inside of a character is before it, and behind the text its end', () {
    final places = Utf16Places('a😀b');
    expect([0, 1, 2, 4, 5, 6, 99].map(places.at).toList(), equals([0, 1, 1, 1, 3, 4, 4]));
  });

  test('half of a pair counts as what is sent for it', () {
    final text = 'a${String.fromCharCode(0xd83d)}b';
    expect(utf8.encode(text).length, equals(5));
    expect(Utf16Places(text).at(4), equals(2));
  });
}
