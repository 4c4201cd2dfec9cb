//! The time, as both processes see it.
//!
//! Nanoseconds of a clock that never steps and is one for all processes of a machine. Moments in it cross shared memory; what
//! comes from there is checked against this clock before it is believed.

/// Nanoseconds since some moment before this process. Realtime safe: systems that play sound share a page that the time is
/// read from, without a call, as long as the processor's own counter can be trusted.
#[cfg(unix)]
pub fn now() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    (time.tv_sec as u64) * 1_000_000_000 + time.tv_nsec as u64
}

/// Nanoseconds since some moment before this process. Realtime safe.
#[cfg(windows)]
pub fn now() -> u64 {
    use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
    let (mut count, mut frequency) = (0_i64, 0_i64);
    // SAFETY: both are given a place of their own, and never fail on a system that runs this program.
    unsafe {
        QueryPerformanceCounter(&mut count);
        QueryPerformanceFrequency(&mut frequency);
    }
    (count as u128 * 1_000_000_000 / (frequency.max(1) as u128)) as u64
}

/// Nanoseconds that `frames` take.
pub fn nanoseconds(frames: u64, rate: u32) -> u64 {
    (u128::from(frames) * 1_000_000_000 / u128::from(rate.max(1))) as u64
}

/// Whole frames in so many nanoseconds.
pub fn frames(nanoseconds: u64, rate: u32) -> u64 {
    (u128::from(nanoseconds) * u128::from(rate) / 1_000_000_000) as u64
}
