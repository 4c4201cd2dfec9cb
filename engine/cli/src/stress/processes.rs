//! The processes that plugins have started: children of this one, killed and stopped on purpose.

#[cfg(target_os = "linux")]
pub use linux::{children_of, is_alive, kill, kill_one_child, stop_one_child};
#[cfg(not(target_os = "linux"))]
pub use others::{kill_one_child, stop_one_child};

#[cfg(target_os = "linux")]
mod linux {
    use procfs::process::{ProcState, Process};
    use rustix::process::{Pid, Signal, kill_process};

    /// Kills one of this process's children; how many that were.
    pub fn kill_one_child() -> u64 {
        signal_one(Signal::KILL)
    }

    /// Stops one of this process's children for ever; how many that were.
    pub fn stop_one_child() -> u64 {
        signal_one(Signal::STOP)
    }

    fn signal_one(signal: Signal) -> u64 {
        let child = children_of(std::process::id()).into_iter().next();
        u64::from(child.is_some_and(|child| send(child, signal)))
    }

    /// Kills a process, and lets it do nothing about it.
    pub fn kill(process: u32) -> bool {
        send(process, Signal::KILL)
    }

    fn send(process: u32, signal: Signal) -> bool {
        let process = i32::try_from(process).ok().and_then(Pid::from_raw);
        process.is_some_and(|process| kill_process(process, signal).is_ok())
    }

    /// The children of a process that live.
    pub fn children_of(parent: u32) -> Vec<u32> {
        let Ok(processes) = procfs::process::all_processes() else {
            return Vec::new();
        };
        let stats = processes.flatten().filter_map(|process| process.stat().ok());
        let children = stats.filter(|stat| u32::try_from(stat.ppid) == Ok(parent) && !is_over(stat.state()));
        children.filter_map(|stat| u32::try_from(stat.pid).ok()).collect()
    }

    /// Whether a process lives.
    pub fn is_alive(process: u32) -> bool {
        let stat = i32::try_from(process)
            .ok()
            .and_then(|process| Process::new(process).ok()?.stat().ok());
        stat.is_some_and(|stat| !is_over(stat.state()))
    }

    fn is_over(state: procfs::ProcResult<ProcState>) -> bool {
        matches!(state, Ok(ProcState::Zombie | ProcState::Dead))
    }
}

#[cfg(not(target_os = "linux"))]
mod others {
    /// Nothing is killed where nobody can tell what there is.
    pub fn kill_one_child() -> u64 {
        0
    }

    /// As above.
    pub fn stop_one_child() -> u64 {
        0
    }
}
