/// Streams of what the engine does not tell but is asked for, again and again while somebody
/// listens.
library;

import 'dart:async';

/// What [ask] gives, at once and then [interval] after [interval], until [end]. Nothing is asked
/// while nobody listens, nor before the last answer has come. A null, or an error, is no answer. It
/// can be listened to often.
Stream<T> polled<T extends Object>(
  Duration interval,
  FutureOr<T?> Function() ask,
  Future<void> end,
) {
  Timer? timer;
  var isAsking = false;
  late final StreamController<T> answers;

  Future<void> round() async {
    if (isAsking || answers.isClosed) return;
    isAsking = true;
    try {
      final answer = await ask();
      if (answer != null && !answers.isClosed) answers.add(answer);
    } on Exception {
      // What is asked for is over, or will be answered the next time.
    } finally {
      isAsking = false;
    }
  }

  answers = StreamController<T>.broadcast(
    onListen: () {
      timer = Timer.periodic(interval, (_) => round());
      round();
    },
    onCancel: () => timer?.cancel(),
  );
  void close([Object? _]) {
    timer?.cancel();
    answers.close();
  }

  end.then<void>(close, onError: close);
  return answers.stream;
}
