/// The native library: where it is, whether it is the one that this code was generated for, and how
/// an isolate attaches to it.
///
/// `Utter.init` uses it once an isolate. Tests and unusual layouts give their own.
library;

import 'dart:ffi';
import 'dart:io';

import 'package:flutter_rust_bridge/flutter_rust_bridge_for_generated.dart' show ExternalLibrary;

import '../generated/abi.dart';
import '../generated/api/error.dart' show ErrorReason;
import '../generated/frb_generated.dart';
import 'errors.dart';

/// A native library of Utter.
abstract interface class UtterLibrary {
  /// A hash of the interface that it was built with.
  int get abi;

  /// Its version, for messages.
  String get version;

  /// Attaches this isolate, for the interface [abi]; false if the library has another. A second
  /// time it does nothing.
  bool attach(int abi);

  /// The library as generated code takes it, once it is attached.
  ExternalLibrary get external;
}

/// Connects this isolate with the engine, once; later calls do nothing. Throws an [UtterException]
/// if the library is not there, or of another version than this package.
Future<void> attachIsolate(UtterLibrary? given) async {
  if (UtterBridge.instance.initialized) return;
  final library = given ?? NativeUtterLibrary.open();
  if (!library.attach(utterBridgeAbi)) {
    throw UtterException(
      ErrorReason.internal,
      'The native library is Utter ${library.version} (interface ${_hex(library.abi)}), and this '
      'package is Utter $utterBridgeVersion (interface ${_hex(utterBridgeAbi)}).',
      'Stop the app, run "flutter clean", and build it again; a hot restart keeps the old library.',
    );
  }
  await guarded(() => UtterBridge.init(externalLibrary: library.external));
}

String _hex(int abi) => BigInt.from(abi).toUnsigned(64).toRadixString(16).padLeft(16, '0');

/// What is watched by the finalizer that says that an isolate has ended.
final class _Isolate implements Finalizable {}

/// The library as apps ship it.
final class NativeUtterLibrary implements UtterLibrary {
  NativeUtterLibrary._(this.external);

  /// Opens it, at [path] or where the platform's packaging puts it. Throws an [UtterException] if
  /// it is not there.
  factory NativeUtterLibrary.open([String? path]) {
    final place = path ?? _place();
    try {
      return NativeUtterLibrary._(
        place == null
            ? ExternalLibrary.process(iKnowHowToUseIt: true)
            : ExternalLibrary.open(place),
      );
    } on ArgumentError catch (error) {
      throw UtterException(
        ErrorReason.system,
        'The native library ${place ?? 'in the process'} cannot be opened: ${error.message}',
        'Build the app again; if that does not help, see "Platforms" in the README of the package.',
      );
    }
  }

  /// Where packaging puts it; null if it is linked into the process.
  static String? _place() {
    if (Platform.isWindows) return 'utter_bridge.dll';
    if (!Platform.isMacOS && !Platform.isIOS) return 'libutter_bridge.so';
    final isLinked = DynamicLibrary.process().providesSymbol('utter_bridge_abi');
    return isLinked ? null : 'utter_bridge.framework/utter_bridge';
  }

  /// Kept for as long as the isolate lives: when it ends the finalizer runs, and the library
  /// forgets how to post to it.
  static (_Isolate, NativeFinalizer)? _attachment;

  @override
  final ExternalLibrary external;

  DynamicLibrary get _symbols => external.ffiDynamicLibrary;

  @override
  int get abi =>
      _look(() => _symbols.lookupFunction<Int64 Function(), int Function()>('utter_bridge_abi'))();

  @override
  String get version {
    final text =
        _look(
          () => _symbols.lookupFunction<Pointer<Uint8> Function(), Pointer<Uint8> Function()>(
            'utter_bridge_version',
          ),
        )();
    final codes = <int>[];
    for (var at = text; at.value != 0; at += 1) {
      codes.add(at.value);
    }
    return String.fromCharCodes(codes);
  }

  @override
  bool attach(int abi) {
    if (_attachment != null) return true;
    final attach = _look(
      () => _symbols.lookupFunction<
        Pointer<NativeFinalizerFunction> Function(Int64, Pointer<Void>),
        Pointer<NativeFinalizerFunction> Function(int, Pointer<Void>)
      >('utter_bridge_attach'),
    );
    final ended = attach(abi, NativeApi.postCObject.cast());
    if (ended == nullptr) return false;
    final isolate = _Isolate();
    final finalizer = NativeFinalizer(ended)..attach(isolate, nullptr);
    _attachment = (isolate, finalizer);
    return true;
  }

  /// A function of the library; an exception that can be acted on if it is not there.
  static F _look<F extends Function>(F Function() lookup) {
    try {
      return lookup();
    } on ArgumentError catch (error) {
      throw UtterException(
        ErrorReason.internal,
        'The native library is not that of Utter $utterBridgeVersion: ${error.message}',
        'Stop the app, run "flutter clean", and build it again.',
      );
    }
  }
}
