//! The thread that starts processes and watches them.
//!
//! It lives as long as the plugin, since on Linux the processes end with it. Starting is quick; what a new process has to say is
//! waited for by whoever wants it.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use utter_plugin::LogLevel;

use super::LeaseError;
use super::process::Process;
use super::reading::{Came, Lines, Pipe};
use crate::protocol::Decoder;
use crate::protocol::channel::Sender;

/// How often the processes are watched.
const LOOK: Duration = Duration::from_millis(25);
/// How long the threads of processes that were ended may take to end, too.
const LAST: Duration = Duration::from_millis(500);

/// Takes lines of a log.
pub type Log = Arc<dyn Fn(LogLevel, &str) + Send + Sync>;

/// How the program is started, and who is told what it writes.
#[derive(Clone)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// What is set in its environment beside what this process has.
    pub environment: Vec<(String, String)>,
    /// Takes a line of the log. Not called by any realtime thread.
    pub log: Log,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Launch").field(&self.program).finish()
    }
}

/// Told when a process has ended that was not asked to.
pub(super) type OnDeath = Box<dyn FnOnce(&Process) + Send>;

/// The thread, as others see it.
#[derive(Debug)]
pub(super) struct Spawner {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    pub(super) running: Arc<AtomicU32>,
    pub(super) started: AtomicU64,
    launch: Launch,
}

struct Job {
    on_death: OnDeath,
    reply: mpsc::SyncSender<Result<Arc<Process>, io::Error>>,
}

impl Spawner {
    pub(super) fn start(launch: Launch) -> io::Result<Self> {
        let (jobs_in, jobs_out) = mpsc::channel();
        let running = Arc::new(AtomicU32::new(0));
        let work = {
            let (launch, running) = (launch.clone(), Arc::clone(&running));
            move || work(&launch, &running, &jobs_out)
        };
        Ok(Self {
            jobs: Mutex::new(Some(jobs_in)),
            thread: Mutex::new(Some(
                thread::Builder::new().name("asio keeper".into()).spawn(work)?,
            )),
            running,
            started: AtomicU64::new(0),
            launch,
        })
    }

    /// Starts a process. Does not wait for what it says.
    pub(super) fn spawn(&self, on_death: OnDeath) -> Result<Arc<Process>, LeaseError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let jobs = self.jobs.lock().clone().ok_or(LeaseError::Ending)?;
        jobs.send(Job { on_death, reply })
            .map_err(|_| LeaseError::Ending)?;
        // Otherwise the thread would wait for this end as for that of any other.
        drop(jobs);
        let process = answer.recv().map_err(|_| LeaseError::Ending)?;
        process.map_err(|source| LeaseError::Start {
            program: self.launch.program.display().to_string(),
            source,
        })
    }

    pub(super) fn log(&self, level: LogLevel, message: &str) {
        (self.launch.log)(level, message);
    }

    /// Ends every process that is left, and the thread. Returns when no thread of ours runs any more.
    pub(super) fn stop(&self) {
        self.jobs.lock().take();
        let thread = self.thread.lock().take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            self.log(LogLevel::Error, "the thread that keeps processes has panicked");
        }
    }
}

/// A process and the threads that read it.
struct Kept {
    process: Arc<Process>,
    readers: Vec<JoinHandle<()>>,
}

fn work(launch: &Launch, running: &Arc<AtomicU32>, jobs: &mpsc::Receiver<Job>) {
    let mut kept: Vec<Kept> = Vec::new();
    loop {
        let job = match kept.is_empty() {
            true => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => jobs.recv_timeout(LOOK),
        };
        match job {
            Ok(Job { on_death, reply }) => {
                let started = launch_process(launch, running, on_death);
                let process = started.map(|started| {
                    let process = Arc::clone(&started.process);
                    kept.push(started);
                    process
                });
                // Who does not wait for it any more cannot be: it is waited for without a deadline.
                let _ = reply.send(process);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let now = Instant::now();
        for Kept { process, .. } in &kept {
            if process.is_usable() && process.watch(now) {
                let message = format!("process {} hangs and is ended", process.pid());
                (launch.log)(LogLevel::Warning, &message);
            }
        }
        kept.retain_mut(|kept| !join_finished(&mut kept.readers));
    }
    end_all(kept);
}

/// Joins the threads that have ended, and tells whether none is left.
fn join_finished(readers: &mut Vec<JoinHandle<()>>) -> bool {
    for reader in readers.extract_if(.., |reader| reader.is_finished()) {
        // One that has panicked has said so.
        let _ = reader.join();
    }
    readers.is_empty()
}

fn end_all(mut kept: Vec<Kept>) {
    for Kept { process, .. } in &kept {
        process.kill();
    }
    let deadline = Instant::now() + LAST;
    while !kept.is_empty() && Instant::now() < deadline {
        kept.retain_mut(|kept| !join_finished(&mut kept.readers));
        thread::sleep(Duration::from_millis(1));
    }
    // What is left waits for a process that cannot be killed; to wait for it, too, would help nobody.
}

fn launch_process(launch: &Launch, running: &Arc<AtomicU32>, on_death: OnDeath) -> io::Result<Kept> {
    let (mut child, sender) = spawn(launch)?;
    let pipes = child.stdout.take().zip(child.stderr.take());
    let (stdout, stderr) = pipes.ok_or_else(|| io::Error::other("a process without pipes"))?;
    let process = Arc::new(Process::new(child, sender));
    running.fetch_add(1, Ordering::Relaxed);
    let pid = process.pid();
    let hear = {
        let (process, running, log) = (Arc::clone(&process), Arc::clone(running), Arc::clone(&launch.log));
        move || {
            let reason = hear(&process, Pipe::new(stdout));
            end(&process, reason.as_deref(), &running, &*log);
            if !process.is_ending() {
                on_death(&process);
            }
        }
    };
    let listen = {
        let (process, log) = (Arc::clone(&process), Arc::clone(&launch.log));
        move || listen(&process, Pipe::new(stderr), &*log)
    };
    let named = |name: &str| thread::Builder::new().name(format!("asio {name} {pid}"));
    let spawn_all = || Ok([named("answers").spawn(hear)?, named("errors").spawn(listen)?]);
    spawn_all()
        .map(|readers| Kept {
            process: Arc::clone(&process),
            readers: readers.into(),
        })
        .inspect_err(|_: &io::Error| {
            process.kill();
            running.fetch_sub(1, Ordering::Relaxed);
        })
}

fn spawn(launch: &Launch) -> io::Result<(Child, Sender)> {
    let mut command = Command::new(&launch.program);
    command.arg("--serve").arg(std::process::id().to_string());
    command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    {
        // A Ctrl-C in the terminal is for the host, which ends this one when it is done with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let (sender, theirs) = crate::protocol::channel::connection()?;
        let child = command.stdin(theirs).spawn()?;
        Ok((child, sender))
    }
    #[cfg(not(unix))]
    {
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let stdin = child
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("a process without pipes"))?;
        Ok((child, Sender(stdin)))
    }
}

#[cfg(unix)]
trait Source: io::Read + std::os::fd::AsFd {}
#[cfg(unix)]
impl<T: io::Read + std::os::fd::AsFd> Source for T {}
#[cfg(not(unix))]
trait Source: io::Read {}
#[cfg(not(unix))]
impl<T: io::Read> Source for T {}

/// Reads answers and notices until the end. Returns why that is, if it is not the end of the pipe.
fn hear(process: &Process, mut pipe: Pipe<impl Source>) -> Option<String> {
    let (mut decoder, mut bytes) = (Decoder::default(), [0; 8192]);
    loop {
        match pipe.read(&mut bytes) {
            Ok(Came::Bytes(count)) => {
                if let Err(error) = process.hear(&mut decoder, &bytes[..count]) {
                    return Some(error.to_string());
                }
            }
            // Somebody else may hold the other end.
            Ok(Came::Nothing) if !process.reap() => {}
            Ok(Came::End | Came::Nothing) => return None,
            Err(error) => return Some(error.to_string()),
        }
    }
}

/// Nothing more comes of the process: it is over for everybody, and its remains are taken.
fn end(
    process: &Process,
    reason: Option<&str>,
    running: &AtomicU32,
    log: &(dyn Fn(LogLevel, &str) + Send + Sync),
) {
    process.is_over();
    let pid = process.pid();
    match reason {
        Some(reason) => log(LogLevel::Error, &format!("process {pid} is ended: {reason}")),
        None if process.is_ending() => {}
        None => log(LogLevel::Warning, &format!("process {pid} has ended")),
    }
    if !(process.is_ending() && process.wait_for_exit(Duration::from_millis(200))) {
        process.kill();
        if !process.wait_for_exit(Duration::from_secs(2)) {
            log(LogLevel::Error, &format!("process {pid} cannot be killed"));
        }
    }
    running.fetch_sub(1, Ordering::Relaxed);
    process.set_gone();
}

/// Gives the log what the process writes to its standard error.
fn listen(process: &Process, mut pipe: Pipe<impl Source>, log: &(dyn Fn(LogLevel, &str) + Send + Sync)) {
    let (mut lines, mut bytes) = (Lines::default(), [0; 4096]);
    let pid = process.pid();
    let tell = |line: &str| log(LogLevel::Info, &format!("process {pid}: {line}"));
    loop {
        match pipe.read(&mut bytes) {
            Ok(Came::Bytes(count)) => lines.push(&bytes[..count], tell),
            Ok(Came::Nothing) if !process.wait_until_gone(Duration::ZERO) => {}
            _ => return lines.end(tell),
        }
    }
}
