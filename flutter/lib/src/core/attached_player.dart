/// The player that `Utter.createPlayer` makes: commands, state and events over one attachment after
/// another.
library;

import 'dart:async';

import '../generated/api/player.dart' as bridge;
import '../generated/api/requests.dart' show FileEncoding, InterruptMode, StopMode, TextKind;
import 'attachment.dart';
import 'file_synthesis.dart';
import 'player.dart';
import 'player_changes.dart';
import 'player_event.dart';
import 'player_state.dart';
import 'requests.dart';
import 'speech_options.dart';
import 'speech_stream.dart';
import 'spoken.dart';
import 'text_writer.dart';
import 'utterance.dart';
import 'value.dart';
import 'volume.dart';
import 'written_file.dart';

/// A player of this isolate.
final class AttachedPlayer implements UtterPlayer {
  AttachedPlayer._(this.name, this._volume, this._lease, this._onDisposed);

  /// Makes one and attaches it. [onDisposed] is called once, at the beginning of its disposal.
  static Future<AttachedPlayer> attach({
    required String name,
    required Volume volume,
    required Duration lease,
    required void Function(AttachedPlayer player) onDisposed,
  }) async {
    final player = AttachedPlayer._(name, volume, lease, onDisposed);
    player._follow(await player._open());
    return player;
  }

  @override
  final String name;

  final Duration _lease;
  final void Function(AttachedPlayer player) _onDisposed;
  final StreamController<PlayerEvent> _events = StreamController<PlayerEvent>.broadcast();
  late final UtterValueSource<PlayerState> _state = UtterValueSource(PlayerState(volume: _volume));

  /// What it is attached with the next time.
  Volume _volume;
  late Attachment _attachment;
  Completer<void>? _reattaching;
  bool _isDisposed = false;

  @override
  bool get isAttached => _attachment.isLive;

  @override
  bool get isDisposed => _isDisposed;

  @override
  UtterValue<PlayerState> get state => _state;

  @override
  Stream<PlayerEvent> get events => _events.stream;

  Future<Attachment> _open() => Attachment.open(name: name, volume: _volume);

  void _follow(Attachment attachment) {
    _attachment = attachment;
    try {
      attachment.follow(lease: _lease, onEvent: _read, onGone: _detach);
    } on Object {
      attachment.leave();
      rethrow;
    }
  }

  // An attachment that is over tells nothing, so these are of the present one.

  void _read(PlayerEvent event) {
    if (_isDisposed) return;
    if (event case PlayerVolumeChanged(:final volume)) _volume = volume;
    final next = playerStateAfter(_state.value, event);
    _state.value = isAttached ? next : next.copyWith(isAttached: false);
    _events.add(event);
  }

  void _detach() {
    if (_isDisposed) return;
    _state.value = _state.value.copyWith(isAttached: false, utterances: const []);
  }

  @override
  Future<Utterance> speak(
    String text, {
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    bool replaces = false,
    InterruptMode? urgent,
    SpeechOptions options = const SpeechOptions(),
  }) async {
    final request = speakRequest(
      text,
      voice: voice,
      speed: speed,
      language: language,
      kind: kind,
      options: options,
      replaces: replaces,
      urgent: urgent,
    );
    final attachment = _attachment;
    final id = await attachment.call(
      () => bridge.playerSpeak(handle: attachment.handle, request: request),
    );
    return attachment.claim(id, isClip: false);
  }

  @override
  Future<SpeechStream> speakStream({
    String text = '',
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    bool replaces = false,
    InterruptMode? urgent,
    SpeechOptions options = const SpeechOptions(),
  }) async {
    final request = speakRequest(
      text,
      voice: voice,
      speed: speed,
      language: language,
      kind: kind,
      options: options,
      replaces: replaces,
      urgent: urgent,
    );
    final attachment = _attachment;
    final id = await attachment.call(
      () => bridge.playerSpeakStream(handle: attachment.handle, request: request),
    );
    return TextWriter(attachment, attachment.claim(id, isClip: false));
  }

  @override
  Future<Utterance> playClip(
    String path, {
    double gainDb = 0,
    Duration fadeIn = Duration.zero,
    Duration fadeOut = Duration.zero,
    bool replaces = false,
    InterruptMode? urgent,
  }) async {
    final request = clipRequest(
      path,
      gainDb: gainDb,
      fadeIn: fadeIn,
      fadeOut: fadeOut,
      replaces: replaces,
      urgent: urgent,
    );
    final attachment = _attachment;
    final id = await attachment.call(
      () => bridge.playerClip(handle: attachment.handle, request: request),
    );
    return attachment.claim(id, isClip: true);
  }

  @override
  Future<FileSynthesis> synthesizeToFile(
    String text,
    String path, {
    String? voice,
    double? speed,
    String? language,
    TextKind kind = TextKind.markdown,
    FileEncoding encoding = FileEncoding.pcm16,
    SpeechOptions options = const SpeechOptions(),
  }) async {
    final target = filePath(path);
    final request = speakRequest(
      text,
      voice: voice,
      speed: speed,
      language: language,
      kind: kind,
      options: options,
      encoding: encoding,
    );
    final attachment = _attachment;
    final id = await attachment.call(
      () => bridge.playerSynthesizeToFile(
        handle: attachment.handle,
        request: request,
        path: target,
      ),
    );
    return WrittenFile(attachment, id, target);
  }

  Future<T> _command<T>(Future<T> Function(bridge.ClientHandle handle) command) {
    final attachment = _attachment;
    return attachment.call(() => command(attachment.handle));
  }

  @override
  Future<int> pause() => _command((handle) => bridge.playerPause(handle: handle));

  @override
  Future<int> resume() => _command((handle) => bridge.playerResume(handle: handle));

  @override
  Future<int> stop({StopMode how = StopMode.fade}) =>
      _command((handle) => bridge.playerStop(handle: handle, how: how));

  @override
  Future<int> skip() => _command((handle) => bridge.playerSkip(handle: handle));

  @override
  Future<int> seek(Duration time) async {
    final micros = placeMicros(time);
    return _command((handle) => bridge.playerSeek(handle: handle, timeMicros: micros));
  }

  @override
  Future<int> seekToWord(SpokenRange word) =>
      _command((handle) => bridge.playerSeekToWord(handle: handle, utf8: word.utf8Start));

  @override
  Future<int> replay() => _command((handle) => bridge.playerReplay(handle: handle));

  @override
  Future<int> setVolume(Volume volume) async {
    final setting = volumeSetting(volume);
    final command = await _command(
      (handle) => bridge.playerSetVolume(handle: handle, volume: setting),
    );
    _volume = volume;
    return command;
  }

  @override
  Future<Duration?> position() async {
    final micros = await _command((handle) => bridge.playerPosition(handle: handle));
    return micros == null ? null : Duration(microseconds: micros);
  }

  @override
  Future<void> reattach() async {
    if (_isDisposed) throw _attachment.stale();
    if (isAttached) return;
    if (_reattaching case final running?) return running.future;
    final reattaching = _reattaching = Completer<void>();
    _attachment.finish();
    unawaited(_attachAgain(reattaching));
    return reattaching.future;
  }

  Future<void> _attachAgain(Completer<void> reattaching) async {
    try {
      final attachment = await _open();
      if (_isDisposed) return attachment.leave();
      _follow(attachment);
      _reattaching = null;
      _state.value = PlayerState(volume: _volume);
      reattaching.complete();
    } on Object catch (error, trace) {
      _reattaching = null;
      if (!reattaching.isCompleted) reattaching.completeError(error, trace);
    }
  }

  @override
  Future<void> dispose() {
    if (_isDisposed) return _attachment.over;
    _isDisposed = true;
    _onDisposed(this);
    final left = _attachment.leave();
    _reattaching?.completeError(_attachment.stale(), StackTrace.current);
    _state.close(_state.value.copyWith(isAttached: false, utterances: const []));
    _events.close();
    return left;
  }

  /// The runtime is gone: nothing of the engine is waited for any more.
  void abandon() => _attachment.finish();
}
