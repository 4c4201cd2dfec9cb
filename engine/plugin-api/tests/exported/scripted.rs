//! A plugin whose outputs do what the id of their target says, and remember which calls have reached them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use utter_plugin::{
    Descriptor, Failure, FailureCode, Format, FormatRange, Holdings, Host, LogLevel, Output, OutputPlugin,
    Request, Status, Target,
};

/// The plugin. Its targets' ids are `test` or `test:call`, for an output that panics in this call.
pub struct Scripted;

/// The calls that have reached the outputs of a target.
static CALLS: Mutex<BTreeMap<String, Arc<Mutex<Vec<&'static str>>>>> = Mutex::new(BTreeMap::new());

/// The calls that have reached the outputs of this target since this was asked last.
pub fn calls(target: &str) -> Vec<&'static str> {
    std::mem::take(&mut *calls_of(target).lock().unwrap())
}

fn calls_of(target: &str) -> Arc<Mutex<Vec<&'static str>>> {
    Arc::clone(CALLS.lock().unwrap().entry(target.into()).or_default())
}

impl OutputPlugin for Scripted {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: c"org.utter.scripted",
        name: c"Scripted",
        vendor: c"Utter",
        version: c"1.2.3",
    };

    type Output = ScriptedOutput;

    fn start(host: Host, directory: &Path) -> Result<Self, Failure> {
        host.log(
            LogLevel::Warning,
            &format!("{} in {}\0!", host.name(), directory.display()),
        );
        Ok(Self)
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let mut full = Target::new("full", "A device");
        full.is_default = true;
        full.formats = vec![
            FormatRange {
                channels: 2,
                lowest_rate: 8_000,
                highest_rate: 48_000,
            };
            2_000
        ];
        let odd = [
            Target::new("long", "é".repeat(200)),
            Target::new("nul", "a\0b\0"),
            Target::new("nameless", ""),
        ];
        Ok(std::iter::once(full).chain(odd).collect())
    }

    fn create(&self, target: &str) -> Result<ScriptedOutput, Failure> {
        let output = ScriptedOutput {
            calls: calls_of(target),
            panics: target
                .split_once(':')
                .map(|(_, call)| call.to_owned())
                .unwrap_or_default(),
            is_absurd: target.starts_with("absurd"),
        };
        match output.panics.as_str() {
            "nobody" => Err(Failure::new(FailureCode::NotFound, "there is nobody")),
            _ => {
                output.reached("create");
                Ok(output)
            }
        }
    }

    fn holdings(&self) -> Holdings {
        Holdings {
            processes: 1,
            processes_started: 5_000_000_000,
            rings: 2,
        }
    }
}

pub struct ScriptedOutput {
    calls: Arc<Mutex<Vec<&'static str>>>,
    panics: String,
    is_absurd: bool,
}

impl ScriptedOutput {
    fn reached(&self, call: &'static str) {
        self.calls.lock().unwrap().push(call);
        assert!(
            !self.panics.split('+').any(|panics| panics == call),
            "no more {call}"
        );
    }
}

impl Output for ScriptedOutput {
    fn negotiate(&mut self, request: &Request) -> Result<Format, Failure> {
        self.reached("negotiate");
        Ok(Format {
            rate: if self.is_absurd {
                0
            } else {
                request.rate.unwrap_or(44_100)
            },
            channels: request.channels.unwrap_or(1),
            period_frames: request.period_frames(44_100),
        })
    }

    fn open(&mut self, format: &Format) -> Result<(), Failure> {
        self.reached("open");
        match format.channels {
            64 => Err(Failure::new(FailureCode::Busy, "")),
            _ => Ok(()),
        }
    }

    /// Says that it took a frame more than it was given.
    fn write(&mut self, samples: &[f32]) -> u32 {
        self.reached("write");
        samples.len() as u32 / 2 + 1
    }

    fn status(&mut self) -> Status {
        self.reached("status");
        Status {
            consumed: 7,
            ..Status::running()
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.reached("flush");
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.reached("reset");
        Ok(())
    }

    fn close(&mut self) -> Result<(), Failure> {
        self.reached("close");
        Ok(())
    }
}

impl Drop for ScriptedOutput {
    fn drop(&mut self) {
        self.reached("drop");
    }
}
