/// How loud something is: everything, or one player.
library;

import '../generated/api/requests.dart' show VolumeSetting;

/// A level as it is perceived, silence whatever the level, and a balance.
final class Volume {
  /// Full level in the middle, if nothing else is said.
  ///
  /// [level] is from 0 to 1 and [balance] from -1 to 1; anything else is an [ArgumentError] where
  /// it is used.
  const Volume([this.level = 1, this.isMuted = false, this.balance = 0]);

  /// From 0, silence, to 1, full level.
  final double level;

  /// Whether there is silence whatever the level.
  final bool isMuted;

  /// From -1, left only, to 1, right only.
  final double balance;

  /// The same with some parts changed.
  Volume copyWith({double? level, bool? isMuted, double? balance}) =>
      Volume(level ?? this.level, isMuted ?? this.isMuted, balance ?? this.balance);

  @override
  bool operator ==(Object other) =>
      other is Volume &&
      level == other.level &&
      isMuted == other.isMuted &&
      balance == other.balance;

  @override
  int get hashCode => Object.hash(level, isMuted, balance);

  @override
  String toString() => 'Volume($level, isMuted: $isMuted, balance: $balance)';
}

/// As the bridge takes it.
VolumeSetting volumeSetting(Volume volume) {
  if (!(volume.level >= 0 && volume.level <= 1)) {
    throw ArgumentError.value(volume.level, 'volume.level', 'must be from 0 to 1');
  }
  if (!(volume.balance >= -1 && volume.balance <= 1)) {
    throw ArgumentError.value(volume.balance, 'volume.balance', 'must be from -1 to 1');
  }
  return VolumeSetting(
    level: volume.level,
    isMuted: volume.isMuted,
    balance: volume.balance,
  );
}

/// As the bridge tells it.
Volume volumeOf(VolumeSetting setting) =>
    Volume(setting.level, setting.isMuted, setting.balance);
