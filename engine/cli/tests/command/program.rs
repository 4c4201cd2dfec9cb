//! Calls the program, and reads what it leaves behind.
//!
//! Used by every module of these tests. A call that does not end by itself is killed and fails its test.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Far beyond what any call takes, even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

/// A call that can be changed before it is run. The person's own choice of log does not count, nor do plugins that they have.
pub fn utter<I: IntoIterator<Item: AsRef<std::ffi::OsStr>>>(arguments: I) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_utter"));
    command
        .args(arguments)
        .env_remove("RUST_LOG")
        .env(
            "UTTER_PLUGINS",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/no-plugins"),
        )
        .stdin(Stdio::null());
    command
}

/// Runs a call to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).wait()
}

/// A call under way.
pub struct Running {
    child: Option<Child>,
    /// Standard input, if it is piped and was not ended.
    input: Option<ChildStdin>,
    pid: String,
    shown: String,
    stderr: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let shown = format!("{command:?}");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = Arc::<Mutex<Vec<u8>>>::default();
        let mut pipe = child.stderr.take().unwrap();
        let reader = thread::spawn({
            let stderr = Arc::clone(&stderr);
            move || {
                let mut block = [0; 4_096];
                while let Ok(read @ 1..) = pipe.read(&mut block) {
                    stderr.lock().unwrap().extend_from_slice(&block[..read]);
                }
            }
        });
        Self {
            pid: child.id().to_string(),
            input: child.stdin.take(),
            child: Some(child),
            shown,
            stderr,
            reader,
        }
    }

    /// Writes to its standard input, which must be piped.
    #[track_caller]
    pub fn write(&mut self, piece: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(piece).unwrap();
        input.flush().unwrap();
    }

    /// Ends its standard input.
    pub fn end_input(&mut self) {
        drop(self.input.take());
    }

    /// Ctrl-C.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.pid]).status().unwrap();
        assert!(sent.success(), "{} has ended before", self.shown);
    }

    /// Waits until `condition` holds; it sees what is on standard error by then. The call must not end before.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&str) -> bool) {
        let started = Instant::now();
        while !condition(&self.told()) {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            if ended.is_some() || started.elapsed() > DEADLINE {
                kill(&self.pid);
                panic!("{}: not {what}; {ended:?} {}", self.shown, self.told());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What is on standard error so far.
    fn told(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// Waits for the end.
    #[track_caller]
    pub fn wait(mut self) -> Ended {
        let child = self.child.take().unwrap();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait_with_output()));
        let Ok(output) = receiver.recv_timeout(DEADLINE) else {
            kill(&self.pid);
            panic!("{} does not end: {}", self.shown, self.told());
        };
        let output = output.unwrap();
        self.reader.join().unwrap();
        let stderr = self.stderr.lock().unwrap().clone();
        Ended::of(self.shown, Output { stderr, ..output })
    }
}

fn kill(pid: &str) {
    // It may have ended meanwhile.
    let _ = Command::new("kill").args(["-KILL", pid]).status();
}

/// How a call ended.
#[derive(Debug)]
pub struct Ended {
    call: String,
    code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    fn of(call: String, output: Output) -> Self {
        Self {
            call,
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails the test unless the exit code is this.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "{self:#?}");
        self
    }

    /// Fails the test unless it succeeded and had nothing to remark.
    #[track_caller]
    pub fn quietly(self) -> Self {
        let ended = self.code(0);
        assert_eq!(ended.stderr, "", "{}", ended.call);
        ended
    }

    /// Fails the test unless the message has all of these, and begins as messages do.
    #[track_caller]
    pub fn says(self, expected: &[&str]) -> Self {
        assert!(self.stderr.starts_with("utter: "), "{self:#?}");
        for part in expected {
            assert!(self.stderr.contains(part), "no {part:?} in {self:#?}");
        }
        self
    }

    /// Fails the test unless the message is one line, and one on what to do.
    #[track_caller]
    pub fn in_two_lines(self) -> Self {
        assert_eq!(self.stderr.lines().count(), 2, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// The samples of a file that the program wrote; 24 kHz, mono, 16 bits.
#[track_caller]
pub fn samples(path: &Path) -> Vec<f32> {
    let mut file = hound::WavReader::open(path).unwrap();
    let spec = file.spec();
    assert_eq!(
        (spec.sample_rate, spec.channels, spec.bits_per_sample),
        (24_000, 1, 16)
    );
    let samples = file.samples::<i16>();
    samples
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0)
        .collect()
}
