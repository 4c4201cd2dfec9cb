//! Devices that are turned by hand, and what opens them.

use super::super::device::{Answer, Devices, Opened};
use super::super::line::Line;
use super::super::options::PlayerOptions;
use super::super::output::{
    OutputBackend, OutputConfig, OutputError, OutputHealth, OutputId, OutputInfo, OutputRequest,
    OutputSelection, OutputStream, SampleFormat,
};
use super::super::realtime::Renderer;
use super::super::realtime::clock::Clock;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// A device: what it is, and what has it open.
#[derive(Default)]
pub(super) struct TestDevice {
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// What opening it gives, if not a stream.
    pub(super) refuses: Option<OutputError>,
    pub(super) open: Option<(Renderer, Arc<OutputHealth>)>,
    /// How often it was opened.
    pub(super) opened: u32,
}

/// All devices, and which one is the default.
#[derive(Default)]
pub(super) struct World {
    pub(super) devices: BTreeMap<&'static str, TestDevice>,
    pub(super) default: &'static str,
}

#[derive(Clone, Default)]
pub(super) struct TestBackend(pub(super) Arc<Mutex<World>>);

struct TestStream {
    world: Arc<Mutex<World>>,
    name: &'static str,
    opened: u32,
}

/// Answers at once, unless told to hang.
pub(super) struct TestDevices {
    backend: TestBackend,
    options: PlayerOptions,
    clock: Clock,
    answers: VecDeque<Answer>,
    /// Whether whatever is opened hangs.
    pub(super) hangs: Arc<Mutex<bool>>,
    pub(super) meanwhile: Meanwhile,
    /// What hangs, and what was left behind as it did: one, since a device here has one stream at a time.
    hanging: Option<OutputSelection>,
    left: Option<OutputSelection>,
}

/// What happens once while the deck takes an answer.
pub(super) type Meanwhile = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

impl TestBackend {
    fn find(&self, selection: &OutputSelection) -> Result<&'static str, OutputError> {
        let world = self.0.lock();
        let wanted = match selection {
            OutputSelection::Default => world.default,
            OutputSelection::Id(id) => id.as_str(),
        };
        let found = world.devices.iter().find(|(name, _)| **name == wanted);
        match found {
            Some((name, device)) => device.refuses.clone().map_or(Ok(*name), Err),
            None => Err(OutputError::NotFound(OutputId::new(wanted))),
        }
    }
}

impl OutputBackend for TestBackend {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        Ok(Vec::new())
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(Some(OutputId::new(self.0.lock().default)))
    }

    fn negotiate(&self, selection: &OutputSelection, _: &OutputRequest) -> Result<OutputConfig, OutputError> {
        let name = self.find(selection)?;
        let world = self.0.lock();
        Ok(OutputConfig {
            id: OutputId::new(name),
            name: name.into(),
            rate: world.devices[name].rate,
            channels: world.devices[name].channels,
            format: SampleFormat::F32,
            period_frames: None,
        })
    }

    fn open(
        &self,
        config: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let name = self.find(&OutputSelection::Id(config.id.clone()))?;
        let mut world = self.0.lock();
        let device = world.devices.get_mut(name).unwrap();
        device.open = Some((renderer, health));
        device.opened += 1;
        Ok(Box::new(TestStream {
            world: Arc::clone(&self.0),
            name,
            opened: device.opened,
        }))
    }
}

impl OutputStream for TestStream {
    fn start(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn period_frames(&self) -> Option<u32> {
        None
    }
}

impl Drop for TestStream {
    fn drop(&mut self) {
        let mut world = self.world.lock();
        let device = world.devices.get_mut(self.name).unwrap();
        if device.opened == self.opened {
            device.open = None;
        }
    }
}

impl TestDevices {
    /// What opens the devices of `backend`.
    pub(super) fn new(backend: &TestBackend, options: &PlayerOptions, clock: &Clock) -> Self {
        Self {
            backend: backend.clone(),
            options: options.clone(),
            clock: clock.clone(),
            answers: VecDeque::new(),
            hangs: Arc::default(),
            meanwhile: Arc::default(),
            hanging: None,
            left: None,
        }
    }

    fn line(&self, selection: &OutputSelection) -> Result<Opened, OutputError> {
        Line::open(&self.backend, selection, &self.options, &self.clock)
    }
}

impl Devices for TestDevices {
    fn open(&mut self, selection: &OutputSelection) -> bool {
        if *self.hangs.lock() {
            self.hanging = Some(selection.clone());
        } else {
            let opened = self.line(selection);
            self.answers.push_back(Answer::Opened(Box::new(opened)));
        }
        true
    }

    fn look(&mut self) -> bool {
        let default = self.backend.default_output().unwrap();
        self.answers.push_back(Answer::Default(default));
        true
    }

    fn answer(&mut self) -> Option<Answer> {
        if let Some(answer) = self.answers.pop_front() {
            if let Some(meanwhile) = self.meanwhile.lock().take() {
                meanwhile();
            }
            return Some(answer);
        }
        if *self.hangs.lock() {
            return None;
        }
        let selection = self.left.take()?;
        let late = self.line(&selection).ok()?;
        Some(Answer::Late(Box::new(late)))
    }

    fn abandon(&mut self) {
        self.answers.clear();
        if *self.hangs.lock() {
            self.left = self.hanging.take();
        }
    }

    fn close(&mut self, _: &OutputId, stream: Box<dyn OutputStream>, _: Duration) {
        drop(stream);
    }

    fn end(&mut self) {}
}
