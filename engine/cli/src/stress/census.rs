//! What the process has, counted from outside of the engine.

use serde::Serialize;

/// What the process has at one moment. What this system does not tell is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Census {
    /// Threads.
    pub threads: Option<u64>,
    /// Open file descriptors.
    pub file_descriptors: Option<u64>,
    /// Child processes.
    pub child_processes: Option<u64>,
    /// Files of shared memory that are open or mapped, a file as often as it is.
    pub shared_memory: Option<u64>,
    /// Resident memory, in KiB.
    pub resident_kib: Option<u64>,
}

impl Census {
    /// Counts.
    #[cfg(target_os = "linux")]
    pub fn take() -> Self {
        linux::take().unwrap_or_default()
    }

    /// Counts.
    #[cfg(not(target_os = "linux"))]
    pub fn take() -> Self {
        Self::default()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use procfs::process::{FDTarget, MMapPath, Process};
    use procfs::{ProcError, ProcResult};
    use std::path::Path;

    use super::Census;

    pub fn take() -> ProcResult<Census> {
        let process = Process::myself()?;
        let status = process.status()?;
        Ok(Census {
            threads: Some(status.threads),
            file_descriptors: Some(process.fd_count()? as u64),
            child_processes: children(&process)?,
            shared_memory: Some(open(&process)? + mapped(&process)?),
            resident_kib: status.vmrss,
        })
    }

    /// Child processes; `None` where the kernel was built without this.
    fn children(process: &Process) -> ProcResult<Option<u64>> {
        let mut count = 0;
        for task in process.tasks()?.flatten() {
            match task.children() {
                Ok(children) => count += children.len() as u64,
                Err(ProcError::NotFound(_)) if u32::try_from(task.tid) == Ok(std::process::id()) => {
                    return Ok(None);
                }
                // The thread has just ended.
                Err(_) => {}
            }
        }
        Ok(Some(count))
    }

    fn open(process: &Process) -> ProcResult<u64> {
        let files = process.fd()?.flatten();
        let shared = files.filter(|file| match &file.target {
            FDTarget::MemFD(_) => true,
            FDTarget::Path(path) => is_shared(path),
            _ => false,
        });
        Ok(shared.count() as u64)
    }

    fn mapped(process: &Process) -> ProcResult<u64> {
        let maps = process.maps()?;
        let shared = maps.iter().filter(|map| match &map.pathname {
            MMapPath::Vsys(_) => true,
            MMapPath::Path(path) => is_shared(path),
            _ => false,
        });
        Ok(shared.count() as u64)
    }

    fn is_shared(path: &Path) -> bool {
        path.starts_with("/dev/shm") || path.to_string_lossy().starts_with("/memfd:")
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn everything_is_counted() {
        let census = Census::take();
        assert!(census.threads >= Some(2), "the test has its own: {census:?}");
        assert!(census.file_descriptors >= Some(3), "{census:?}");
        assert!(census.resident_kib >= Some(1_024), "{census:?}");
    }

    #[test]
    fn a_child_process_and_shared_memory_are_seen() {
        // `cat` waits for its standard input, which ends when the child is dropped.
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let file = tempfile::Builder::new()
            .prefix("utter-census-")
            .tempfile_in("/dev/shm")
            .unwrap();
        let census = Census::take();
        // Where the kernel does not tell, nothing is claimed.
        assert!(
            census.child_processes.is_none_or(|count| count >= 1),
            "{census:?}"
        );
        assert!(census.shared_memory >= Some(1), "{census:?}");
        drop(file);
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
