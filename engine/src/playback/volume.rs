//! Volume, mute and balance, control side: what the three come to for a device's channels.

use super::frames_in;
use super::realtime::command::Command;
use std::time::Duration;

/// How long a change of volume takes.
const RAMP: Duration = Duration::from_millis(20);

/// The settings. They outlive every output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volume {
    /// From 0, silence, to 1, full level, as it is perceived: see [`utter_dsp::taper`].
    pub level: f32,
    /// Whether there is silence whatever the level.
    pub is_muted: bool,
    /// From −1, left only, to 1, right only; 0 is both at full level. Nothing on a device with one channel.
    pub balance: f32,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            level: 1.0,
            is_muted: false,
            balance: 0.0,
        }
    }
}

impl Volume {
    /// Both together: the levels multiply, either mutes, the balances add up as far as there is room.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            level: self.level * other.level,
            is_muted: self.is_muted || other.is_muted,
            balance: (self.balance + other.balance).clamp(-1.0, 1.0),
        }
    }

    /// The command that brings it about on a line of `rate` Hz and `channels` channels, by a ramp or at once.
    pub(super) fn command(&self, rate: u32, channels: u16, at_once: bool) -> Command {
        let gain = if self.is_muted {
            0.0
        } else {
            utter_dsp::taper(self.level)
        };
        let (left, right) = if channels < 2 {
            (1.0, 1.0)
        } else {
            utter_dsp::balance(self.balance)
        };
        Command::Gains {
            left: gain * left,
            right: gain * right,
            frames: if at_once { 0 } else { frames_in(RAMP, rate) as u32 },
        }
    }
}
