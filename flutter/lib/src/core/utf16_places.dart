/// Places in a text, from bytes of UTF-8 to UTF-16 code units.
///
/// Events have both; reports of written files have bytes alone, since the engine does not keep the
/// text of a file.
library;

/// Finds places of one text, which are asked for from its beginning on.
final class Utf16Places {
  /// At the beginning of [text].
  Utf16Places(this.text);

  /// The text.
  final String text;

  int _bytes = 0;
  int _units = 0;

  /// The UTF-16 index of the place before which [bytes] bytes of UTF-8 lie. One inside of a
  /// character is that before it; one behind the text is its end. A place before the last one that
  /// was asked for is looked for from the beginning.
  int at(int bytes) {
    if (bytes < _bytes) {
      _bytes = 0;
      _units = 0;
    }
    while (_units < text.length) {
      final (length, units) = _characterAt(_units);
      if (_bytes + length > bytes) break;
      _bytes += length;
      _units += units;
    }
    return _units;
  }

  /// How many bytes the character at [index] takes in UTF-8, and how many units. Half of a pair
  /// alone is sent to the engine as the replacement character, of three bytes.
  (int, int) _characterAt(int index) {
    final unit = text.codeUnitAt(index);
    if (unit < 0x80) return (1, 1);
    if (unit < 0x800) return (2, 1);
    final isPair =
        unit & 0xfc00 == 0xd800 &&
        index + 1 < text.length &&
        text.codeUnitAt(index + 1) & 0xfc00 == 0xdc00;
    return isPair ? (4, 2) : (3, 1);
  }
}
