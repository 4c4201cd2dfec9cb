//! That this process ends with the one that has started it.
//!
//! The end of standard input tells of that end everywhere, but only to a process that runs. On Linux the kernel kills this one
//! when the thread ends that has started it, also if it is stopped; the plugin starts it on a thread that lives as long as the
//! plugin.

/// Ends the process at once: no destructor runs, of ours or of a driver's, that could hang.
pub(crate) fn exit_now(code: i32) -> ! {
    #[cfg(unix)]
    // SAFETY: it does not return, and does nothing but end the process.
    unsafe {
        libc::_exit(code)
    }
    #[cfg(not(unix))]
    std::process::exit(code)
}

/// Makes this process end with `host`, the one that has started it.
#[cfg(target_os = "linux")]
pub(crate) fn end_with(host: u32) {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        eprintln!("the kernel will not end this process with its host: {error}");
    }
    // It may have ended before that was asked for.
    let parent = getppid().map_or(0, |pid| pid.as_raw_nonzero().get() as u32);
    if parent != host {
        eprintln!("process {host}, which has started this one, is gone");
        exit_now(0);
    }
}

/// Elsewhere there is the end of standard input alone.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_with(_host: u32) {}
