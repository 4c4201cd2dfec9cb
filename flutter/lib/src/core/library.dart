/// The native library: where it is, whether it is the one that this code was generated for, and how an isolate attaches to it.
///
/// `Utter.init` uses it once an isolate. Tests and unusual layouts give their own.
library;

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart';

/// A native library of Utter.
abstract interface class UtterLibrary {
  /// A hash of the interface that it was built with.
  int get abi;

  /// Its version, for messages.
  String get version;

  /// Attaches this isolate, for the interface [abi]; false if the library has another. To be called before [external] is used.
  bool attach(int abi);

  /// The same for the generated code.
  ExternalLibrary get external;
}

/// The library as apps ship it.
final class NativeUtterLibrary implements UtterLibrary {
  /// Opens it, at [path] or where the platform's packaging puts it. Throws an `UtterException` if it is not there.
  factory NativeUtterLibrary.open([String? path]) => throw UnimplementedError();

  @override
  int get abi => throw UnimplementedError();

  @override
  String get version => throw UnimplementedError();

  @override
  bool attach(int abi) => throw UnimplementedError();

  @override
  ExternalLibrary get external => throw UnimplementedError();
}
