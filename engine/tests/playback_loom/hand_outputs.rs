//! Outputs that are turned by hand, and what opens them.

use super::booth::{RATE, TURN};
use super::device::{Answer, Devices};
use super::line::Line;
use super::options::PlayerOptions;
use super::output::{
    LossReason, OutputBackend, OutputConfig, OutputError, OutputFault, OutputHealth, OutputId, OutputInfo,
    OutputRequest, OutputSelection, OutputStream, SampleFormat,
};
use super::realtime::Renderer;
use super::realtime::clock::Clock;
use crate::sync::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Outputs that are turned by hand; the last that was opened is the one that is.
#[derive(Clone, Default)]
pub struct Backend(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    renderer: Option<Box<Renderer>>,
    health: Option<Arc<OutputHealth>>,
    opened: u32,
    heard: Vec<f32>,
}

struct Stream;

impl Backend {
    /// A callback of the output.
    pub fn turn(&self) {
        let Some(mut renderer) = self.0.lock().renderer.take() else {
            return;
        };
        let mut block = [f32::NAN; TURN];
        renderer.render(&mut block, 0);
        let mut world = self.0.lock();
        world.heard.extend(block);
        // Unless another was opened meanwhile.
        world.renderer.get_or_insert(renderer);
    }

    /// The output says that it is gone. It can be opened again.
    pub fn lose(&self) {
        let world = self.0.lock();
        let health = world.health.as_ref().expect("it is open");
        health.report(OutputFault::Lost(LossReason::Disconnected));
    }

    pub fn heard(&self) -> Vec<f32> {
        self.0.lock().heard.clone()
    }

    pub fn opened(&self) -> u32 {
        self.0.lock().opened
    }
}

impl OutputBackend for Backend {
    fn outputs(&self) -> Result<Vec<OutputInfo>, OutputError> {
        Ok(Vec::new())
    }

    fn default_output(&self) -> Result<Option<OutputId>, OutputError> {
        Ok(None)
    }

    fn negotiate(&self, selection: &OutputSelection, _: &OutputRequest) -> Result<OutputConfig, OutputError> {
        let id = match selection {
            OutputSelection::Default => OutputId::new("first"),
            OutputSelection::Id(id) => id.clone(),
        };
        Ok(OutputConfig {
            name: id.to_string(),
            id,
            rate: RATE,
            channels: 1,
            format: SampleFormat::F32,
            period_frames: None,
        })
    }

    fn open(
        &self,
        _: &OutputConfig,
        renderer: Renderer,
        health: Arc<OutputHealth>,
    ) -> Result<Box<dyn OutputStream>, OutputError> {
        let mut world = self.0.lock();
        world.opened += 1;
        world.health = Some(health);
        let replaced = world.renderer.replace(Box::new(renderer));
        drop(world);
        drop(replaced);
        Ok(Box::new(Stream))
    }
}

impl OutputStream for Stream {
    fn start(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn period_frames(&self) -> Option<u32> {
        None
    }
}

pub struct ModelDevices {
    backend: Backend,
    options: PlayerOptions,
    answers: VecDeque<Answer>,
}

impl ModelDevices {
    /// What opens outputs of `backend`.
    pub fn new(backend: &Backend, options: &PlayerOptions) -> Self {
        Self {
            backend: backend.clone(),
            options: options.clone(),
            answers: VecDeque::new(),
        }
    }
}

impl Devices for ModelDevices {
    fn open(&mut self, selection: &OutputSelection) -> bool {
        let opened = Line::open(&self.backend, selection, &self.options, &Clock);
        self.answers.push_back(Answer::Opened(Box::new(opened)));
        true
    }

    fn look(&mut self) -> bool {
        false
    }

    fn answer(&mut self) -> Option<Answer> {
        self.answers.pop_front()
    }

    fn abandon(&mut self) {
        self.answers.clear();
    }

    fn close(&mut self, _: &OutputId, stream: Box<dyn OutputStream>, _: Duration) {
        drop(stream);
    }

    fn end(&mut self) {}
}
