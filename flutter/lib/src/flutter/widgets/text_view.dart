/// A text with the word that is heard highlighted.
library;

import 'package:flutter/material.dart';

import '../../core/view/reader.dart';
import '../../core/view/reader_state.dart';
import '../../core/view/text_highlight.dart';
import '../listenable.dart';

/// The text that [reader] says, or said last: what was heard in one style, the word that is heard
/// in another.
///
/// It is rebuilt with each word, and holds nothing of its own. A screen reader is given the text as
/// a whole.
class UtterTextView extends StatelessWidget {
  /// A view of [reader]'s text; styles that are not given are the theme's.
  const UtterTextView({
    super.key,
    required this.reader,
    this.style,
    this.heardStyle,
    this.currentStyle,
    this.textAlign,
  });

  /// Whose text it is.
  final UtterReader reader;

  /// The style of what was not heard yet; `bodyLarge` by default.
  final TextStyle? style;

  /// What is different for what was heard.
  final TextStyle? heardStyle;

  /// What is different for the word that is heard.
  final TextStyle? currentStyle;

  /// How lines are aligned.
  final TextAlign? textAlign;

  @override
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    final colors = theme.colorScheme;
    final styles = {
      TextRole.upcoming: null,
      TextRole.heard: heardStyle ?? TextStyle(color: colors.onSurfaceVariant),
      TextRole.current:
          currentStyle ??
          TextStyle(color: colors.onPrimaryContainer, backgroundColor: colors.primaryContainer),
    };
    return ValueListenableBuilder<ReaderState>(
      valueListenable: reader.state.listenable,
      builder: (context, state, _) {
        final word = state.word;
        final pieces = highlightText(
          state.text,
          start: word?.start,
          end: word?.end,
          isOver: state.isOver,
        );
        return Text.rich(
          TextSpan(
            children: [
              for (final piece in pieces) TextSpan(text: piece.text, style: styles[piece.role]),
            ],
          ),
          style: style ?? theme.textTheme.bodyLarge,
          textAlign: textAlign,
          semanticsLabel: state.text,
        );
      },
    );
  }
}
