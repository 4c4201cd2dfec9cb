/// The example of the package utter: a screen that speaks.
library;

import 'package:flutter/material.dart';

import 'startup.dart';

void main() => runApp(const ExampleApp());

/// The app: its theme, and the start of everything.
class ExampleApp extends StatelessWidget {
  const ExampleApp({super.key});

  @override
  Widget build(BuildContext context) => MaterialApp(
    title: 'Utter',
    theme: ThemeData(colorSchemeSeed: Colors.indigo),
    darkTheme: ThemeData(colorSchemeSeed: Colors.indigo, brightness: Brightness.dark),
    home: const Startup(),
  );
}
