/// What of a text was heard, is heard now, and is still to come, as pieces of it that are drawn one
/// after the other.
///
/// `UtterTextView` draws them. Pure Dart: it knows neither players nor widgets, and never changes
/// the text.
library;

/// How a piece of a text is drawn.
enum TextRole {
  /// It was heard.
  heard,

  /// It is the word that is heard now.
  current,

  /// It was not heard yet.
  upcoming,
}

/// A piece of a text, and how it is drawn.
final class TextPiece {
  /// A piece: [text], drawn as [role].
  const TextPiece(this.text, this.role);

  /// The piece; never empty.
  final String text;

  /// How it is drawn.
  final TextRole role;

  @override
  bool operator ==(Object other) => other is TextPiece && other.text == text && other.role == role;

  @override
  int get hashCode => Object.hash(text, role);

  @override
  String toString() => '${role.name}($text)';
}

/// Cuts [text] around the word from [start] to [end], in UTF-16 code units: what is before it was
/// heard, what is behind it was not.
///
/// Without a word nothing was heard, or with [isOver] everything. A word that is not in the text,
/// because the text was changed in the meantime, is cut to what is there, and no character of two
/// code units is cut in two. The pieces together are the text.
List<TextPiece> highlightText(String text, {int? start, int? end, bool isOver = false}) {
  if (text.isEmpty) {
    return const [];
  }
  if (isOver || start == null || end == null) {
    return [TextPiece(text, isOver ? TextRole.heard : TextRole.upcoming)];
  }
  final from = _boundary(text, start.clamp(0, text.length));
  final to = _boundary(text, end.clamp(from, text.length));
  return [
    if (from > 0) TextPiece(text.substring(0, from), TextRole.heard),
    if (to > from) TextPiece(text.substring(from, to), TextRole.current),
    if (to < text.length) TextPiece(text.substring(to), TextRole.upcoming),
  ];
}

/// The last boundary of a character at or before [at].
int _boundary(String text, int at) {
  final cutsPair =
      at > 0 &&
      at < text.length &&
      text.codeUnitAt(at) & 0xfc00 == 0xdc00 &&
      text.codeUnitAt(at - 1) & 0xfc00 == 0xd800;
  return cutsPair ? at - 1 : at;
}
