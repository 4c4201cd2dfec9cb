//! How a player is opened.

use std::time::Duration;
use utter_dsp::Levelling;

/// How a player is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerOptions {
    /// The time between two callbacks that is asked for; the device then has two periods in its buffer.
    pub period: Duration,
    /// How full the ring between the feed and the device is kept. The feed has this time to come round again.
    pub queue: Duration,
    /// How far ahead of what is heard tracks may be made. Whoever makes more waits.
    pub ahead: Duration,
    /// How much of what was heard is kept, for going back in it.
    pub history: Duration,
    /// The loudness to bring tracks to; `None` leaves them as they are.
    pub loudness: Option<Levelling>,
    /// The time between two [`PlaybackEvent::Position`](super::PlaybackEvent::Position); at least 33 ms.
    pub position_interval: Duration,
    /// The time between two [`PlaybackEvent::Level`](super::PlaybackEvent::Level).
    pub level_interval: Duration,
    /// A device that has not asked for frames for so long is taken for lost. Never less than four periods.
    pub stalled_after: Duration,
    /// After so long without an output, what waits to be heard is given up.
    pub give_up_after: Duration,
    /// How often it is looked whether the system's default output is another, or one that was lost is back.
    pub look_interval: Duration,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            period: Duration::from_millis(20),
            queue: Duration::from_secs(1),
            ahead: Duration::from_secs(30),
            history: Duration::from_secs(60),
            loudness: None,
            position_interval: Duration::from_millis(50),
            level_interval: Duration::from_millis(50),
            stalled_after: Duration::from_millis(500),
            give_up_after: Duration::from_secs(30),
            look_interval: Duration::from_secs(2),
        }
    }
}
