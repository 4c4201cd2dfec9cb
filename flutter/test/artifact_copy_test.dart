/// The copy of a voice out of an app's package: whole or not there, whatever happens in between.
library;

import 'dart:convert';
import 'dart:io';
import 'dart:typed_data';

import 'package:test/test.dart';
import 'package:utter/core.dart';
import 'package:utter/src/flutter/artifact_copy.dart';
import 'package:utter/src/flutter/artifact_places.dart';

/// Files in memory, of which one may break off.
final class _Source implements ArtifactSource {
  _Source(this.files, {this.free});

  final Map<String, List<int>> files;
  final int? free;
  final List<String> asked = [];

  /// Breaks off before this file.
  String? breaksAt;

  @override
  Future<int?> freeBytes() async => free;

  @override
  Stream<Uint8List> read(String name) async* {
    asked.add(name);
    final content = files[name];
    if (content == null || name == breaksAt) {
      throw StateError('no asset $name');
    }
    for (var at = 0; at < content.length; at += 3) {
      yield Uint8List.fromList(content.sublist(at, (at + 3).clamp(0, content.length)));
    }
  }
}

Map<String, List<int>> _voice({String key = 'one', Map<String, int> sizes = const {}}) {
  final files = {
    'weights.bin': List<int>.filled(10, 7),
    'vocab.json': utf8.encode('{}'),
    'voices/af_heart.bin': List<int>.filled(5, 1),
  };
  final manifest = {
    'key': key,
    'files': {
      for (final MapEntry(key: name, value: content) in files.entries)
        name: {'size': sizes[name] ?? content.length, 'sha256': '0'},
    },
  };
  return {...files, manifestName: utf8.encode(jsonEncode(manifest))};
}

TypeMatcher<UtterException> _of(ErrorReason reason) =>
    isA<UtterException>().having((error) => error.reason, 'reason', reason);

void main() {
  late Directory parent;

  setUp(() => parent = Directory.systemTemp.createTempSync('utter-copy'));
  tearDown(() => parent.deleteSync(recursive: true));

  ArtifactCopy copy(_Source source) => ArtifactCopy(source: source, parent: parent);

  test('everything is there, with its progress, and the second time nothing is read', () async {
    final source = _Source(_voice());
    final told = <int>[];
    final place = await copy(source).ensure(onProgress: (progress) => told.add(progress.copied));
    expect(File('$place/voices/af_heart.bin').readAsBytesSync(), [1, 1, 1, 1, 1]);
    expect(File('$place/manifest.json').readAsBytesSync(), source.files[manifestName]);
    expect(told.first, 0);
    expect(told.last, 17);
    expect(told, [...told]..sort());
    source.asked.clear();
    expect(await copy(source).ensure(), place);
    expect(source.asked, [manifestName]);
  });

  test('a copy that was broken off goes on with what is missing', () async {
    final source = _Source(_voice())..breaksAt = 'vocab.json';
    await expectLater(copy(source).ensure(), throwsA(_of(ErrorReason.damagedArtifacts)));
    expect(
      parent.listSync().where((found) => !found.path.endsWith('.partial')),
      isEmpty,
      reason: 'nothing has its name before it is whole',
    );
    source
      ..breaksAt = null
      ..asked.clear();
    final told = <int>[];
    final place = await copy(source).ensure(onProgress: (progress) => told.add(progress.copied));
    expect(source.asked, [manifestName, 'vocab.json', 'voices/af_heart.bin']);
    expect(told.first, 10);
    expect(File('$place/weights.bin').lengthSync(), 10);
  });

  test('half a file is not taken for one', () async {
    final source = _Source(_voice());
    final place = await copy(source).ensure();
    Directory(place).renameSync('$place.partial');
    File('$place.partial/weights.bin').writeAsBytesSync([1]);
    await copy(source).ensure();
    expect(File('$place/weights.bin').lengthSync(), 10);
  });

  test('another version has another folder, and the old one goes', () async {
    final old = await copy(_Source(_voice())).ensure();
    final other = File('${parent.path}/settings.json')..writeAsStringSync('{}');
    final place = await copy(_Source(_voice(key: 'two'))).ensure();
    expect(place == old, isFalse);
    expect(Directory(old).existsSync(), isFalse);
    expect(other.existsSync(), isTrue, reason: 'what is no copy of a voice stays');
    await copy(_Source(const {})).discard();
    expect(Directory(place).existsSync(), isFalse);
  });

  test('without room nothing is begun, and the hint says how much is missing', () async {
    final source = _Source(_voice(), free: spareBytes);
    await expectLater(
      copy(source).ensure(),
      throwsA(
        _of(ErrorReason.file).having((error) => error.hint, 'hint', contains('at least 1 MB')),
      ),
    );
    expect(source.asked, [manifestName]);
    await copy(_Source(_voice(), free: spareBytes + 17)).ensure();
  });

  test('an app without a voice says so', () async {
    await expectLater(
      copy(_Source(const {})).ensure(),
      throwsA(_of(ErrorReason.missingArtifacts)),
    );
  });

  test('a manifest that is none, or leaves its folder, is refused', () async {
    for (final manifest in [
      'not json',
      '{}',
      '{"files": {"a": {"size": "1"}}}',
      '{"files": {"../a": {"size": 1}}}',
      '{"files": {"/a": {"size": 1}}}',
      r'{"files": {"a\\b": {"size": 1}}}',
      '{"files": {"a": {"size": -1}}}',
    ]) {
      await expectLater(
        copy(_Source({manifestName: utf8.encode(manifest)})).ensure(),
        throwsA(_of(ErrorReason.damagedArtifacts)),
        reason: manifest,
      );
    }
  });

  test('a file of another size than the manifest says is refused', () async {
    await expectLater(
      copy(_Source(_voice(sizes: {'vocab.json': 3}))).ensure(),
      throwsA(_of(ErrorReason.damagedArtifacts)),
    );
  });

  test('a folder that cannot be written is an error with a hint', () async {
    final blocked = File('${parent.path}/blocked')..writeAsStringSync('');
    await expectLater(
      ArtifactCopy(source: _Source(_voice()), parent: Directory(blocked.path)).ensure(),
      throwsA(_of(ErrorReason.file)),
    );
  });

  test('the key is FNV-1a of 64 bits', () {
    // The published values for these inputs.
    expect(keyOf(const []), 'cbf29ce484222325');
    expect(keyOf(utf8.encode('a')), 'af63dc4c8601ec8c');
    expect(keyOf(utf8.encode('foobar')), '85944171f73967e8');
  });

  test('an installed app keeps its voice where its system keeps assets', () {
    final app = '${parent.path}/App.app/Contents';
    final places = bundledPlaces(AppLayout.macos, '$app/MacOS/App', 'assets/utter');
    expect(firstVoice(places), isNull);
    final place = '$app/Frameworks/App.framework/Resources/flutter_assets/assets/utter';
    File('$place/manifest.json').createSync(recursive: true);
    expect(firstVoice(places), place);
    expect(
      bundledPlaces(AppLayout.linux, '/opt/app/app', 'assets/utter').first,
      '/opt/app/data/flutter_assets/assets/utter',
    );
  });
}
