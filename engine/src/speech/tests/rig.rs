//! What the tests of this room have in common: a desk with an inference that is turned by hand, a voice that says what its
//! phonemes tell it, and queues that nobody plays.

use crate::playback::output::{NullOutput, OutputSelection};
use crate::playback::{
    CommandId, Extent, Mark, MarkKind, PlaybackError, Player, PlayerOptions, Position, PushError, Stop,
    TrackEnd, TrackId, TrackOptions,
};
use crate::playback::{Interrupt, QueueError, QueueId};
use crate::speech::clip::ClipCache;
use crate::speech::desk::Desk;
use crate::speech::event::{Event, Events, events};
use crate::speech::inference::{Inference, Round};
use crate::speech::loading::{VoiceLoader, VoiceStatus};
use crate::speech::plan::Plan;
use crate::speech::queue::SpeechQueue;
use crate::speech::stage::{OnEnd, Stage, Supply, Track};
use crate::speech::voice_slot::VoiceSlot;
use crate::speech::{
    CancelFlag, CancelSwitch, Chunk, Delivery, SAMPLE_RATE, SynthesisError, SynthesisRequest, Synthesizer,
    Timing, Trim, Utterance,
};
use crate::text::Boundary;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A desk, and an inference that makes a chunk when it is told.
pub(super) struct Rig {
    pub(super) desk: Arc<Desk>,
    pub(super) inference: Inference,
    pub(super) events: Events,
    pub(super) status: Arc<Mutex<VoiceStatus>>,
    tracks: Arc<AtomicU64>,
    queues: u64,
}

impl Rig {
    pub(super) fn new(voice: impl Synthesizer + 'static) -> Self {
        Self::begin(Some(Box::new(voice)), None)
    }

    pub(super) fn with_loader(loader: VoiceLoader) -> Self {
        Self::begin(None, Some(loader))
    }

    fn begin(voice: Option<Box<dyn Synthesizer>>, loader: Option<VoiceLoader>) -> Self {
        let (sender, events) = events();
        let desk = Arc::new(Desk::new(sender.clone()));
        let status = Arc::<Mutex<VoiceStatus>>::default();
        let bell = Arc::clone(&desk.bell);
        let inference = Inference {
            plan: Plan::default(),
            desk: Arc::clone(&desk),
            slot: VoiceSlot::new(voice, loader, sender.clone(), bell, Arc::clone(&status)),
            clips: Arc::new(ClipCache::default()),
            events: sender,
        };
        Self {
            desk,
            inference,
            events,
            status,
            tracks: Arc::default(),
            queues: 0,
        }
    }

    /// A queue that has room for `ahead` unheard frames.
    pub(super) fn queue(&mut self, ahead: usize) -> (SpeechQueue, HandStage) {
        let stage = HandStage {
            numbers: Arc::clone(&self.tracks),
            ahead,
            tracks: Arc::default(),
        };
        let id = QueueId(self.queues);
        self.queues += 1;
        let queue = SpeechQueue::new(id, Arc::new(stage.clone()), Arc::clone(&self.desk));
        (queue, stage)
    }

    /// Works until there is nothing to do.
    pub(super) fn work(&mut self) -> Round {
        loop {
            match self.inference.round() {
                Round::Worked => {}
                end => return end,
            }
        }
    }

    /// Works until `is_done`, and waits for rings in between.
    pub(super) fn work_until(&mut self, is_done: impl Fn(&Self) -> bool) {
        while !is_done(self) {
            if let Round::Idle(until) = self.inference.round()
                && !is_done(self)
            {
                self.desk.bell.wait(until);
            }
        }
    }

    /// What was told since the last time.
    pub(super) fn told(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }
}

/// A queue of a player that is heard by hand. Clones are the same.
#[derive(Clone)]
pub(super) struct HandStage {
    numbers: Arc<AtomicU64>,
    ahead: usize,
    tracks: Arc<Mutex<Vec<HandTrack>>>,
}

struct HandTrack {
    id: TrackId,
    frames: Vec<f32>,
    marks: Vec<Mark>,
    heard: usize,
    is_urgent: bool,
    is_complete: bool,
    is_resting: bool,
    stopped: (CancelFlag, CancelSwitch),
    on_end: Option<OnEnd>,
}

impl HandTrack {
    fn extent(&self) -> Extent {
        let is_begun = |mark: &&Mark| mark.kind == MarkKind::Word && mark.frame < self.heard as u64;
        let word = self.marks.iter().rfind(is_begun);
        Extent {
            position: Position {
                track: self.id,
                frame: self.heard as u64,
                time: Duration::from_secs_f64(self.heard as f64 / f64::from(SAMPLE_RATE)),
            },
            word: word.map(|word| word.source.clone()),
            is_word_whole: word.is_some_and(|word| word.frame + word.length <= self.heard as u64),
            has_begun: self.heard > 0,
        }
    }
}

struct HandWriter {
    id: TrackId,
    stage: HandStage,
}

impl HandStage {
    fn with<R>(&self, id: TrackId, f: impl FnOnce(&mut HandTrack) -> R) -> R {
        let mut tracks = self.tracks.lock();
        f(tracks.iter_mut().find(|track| track.id == id).unwrap())
    }

    /// All frames of the track that was added as number `n` of this queue.
    pub(super) fn frames(&self, n: usize) -> Vec<f32> {
        self.tracks.lock()[n].frames.clone()
    }

    pub(super) fn marks(&self, n: usize) -> Vec<Mark> {
        self.tracks.lock()[n].marks.clone()
    }

    pub(super) fn is_complete(&self, n: usize) -> bool {
        self.tracks.lock()[n].is_complete
    }

    pub(super) fn is_resting(&self, n: usize) -> bool {
        self.tracks.lock()[n].is_resting
    }

    /// Hears `frames` frames, of the first tracks first.
    pub(super) fn hear(&self, mut frames: usize) {
        let mut tracks = self.tracks.lock();
        let mut ended = Vec::new();
        for track in tracks.iter_mut().filter(|track| track.on_end.is_some()) {
            let heard = frames.min(track.frames.len() - track.heard);
            track.heard += heard;
            frames -= heard;
            if track.is_complete && track.heard == track.frames.len() {
                let extent = track.extent();
                ended.extend(track.on_end.take().map(|on_end| (on_end, extent)));
            }
        }
        drop(tracks);
        for (on_end, extent) in ended {
            on_end(TrackEnd::Heard, extent);
        }
    }

    /// Ends all tracks.
    pub(super) fn end_all(&self, end: &TrackEnd) {
        let mut tracks = self.tracks.lock();
        let open = tracks.iter_mut().filter(|track| track.on_end.is_some());
        let ended: Vec<(OnEnd, Extent)> = open
            .filter_map(|track| {
                let extent = track.extent();
                track.stopped.1.set();
                track.heard = track.frames.len();
                Some((track.on_end.take()?, extent))
            })
            .collect();
        drop(tracks);
        for (on_end, extent) in ended {
            on_end(end.clone(), extent);
        }
    }
}

impl Stage for HandStage {
    fn add_track(
        &self,
        _: TrackOptions,
        urgent: Option<Interrupt>,
        on_end: OnEnd,
    ) -> Result<Box<dyn Track>, PlaybackError> {
        let id = TrackId(self.numbers.fetch_add(1, Ordering::Relaxed));
        self.tracks.lock().push(HandTrack {
            id,
            frames: Vec::new(),
            marks: Vec::new(),
            heard: 0,
            is_urgent: urgent.is_some(),
            is_complete: false,
            is_resting: false,
            stopped: CancelFlag::with_switch(),
            on_end: Some(on_end),
        });
        let stage = self.clone();
        Ok(Box::new(HandWriter { id, stage }))
    }

    fn supply(&self, urgent: bool) -> Supply {
        let tracks = self.tracks.lock();
        let counted = tracks.iter().filter(|track| track.is_urgent == urgent);
        let unheard: usize = counted.map(|track| track.frames.len() - track.heard).sum();
        Supply {
            has_room: unheard < self.ahead,
            is_dry: unheard == 0,
            ahead: Duration::from_secs_f64(unheard as f64 / f64::from(SAMPLE_RATE)),
        }
    }

    fn stop(&self, _: Stop) -> Result<CommandId, QueueError> {
        self.end_all(&TrackEnd::Stopped);
        Ok(some_command())
    }
}

/// Only a player gives numbers to commands.
fn some_command() -> CommandId {
    let output = Arc::new(NullOutput::new(24_000, 1));
    let player = Player::open(output, &OutputSelection::Default, &PlayerOptions::default()).unwrap();
    player.stop(Stop::Now)
}

impl Track for HandWriter {
    fn id(&self) -> TrackId {
        self.id
    }

    fn stopped(&self) -> CancelFlag {
        self.stage.with(self.id, |track| track.stopped.0.clone())
    }

    fn set_rate(&mut self, _: u32) -> Result<(), PlaybackError> {
        Ok(())
    }

    fn push(&mut self, frames: Arc<[f32]>, marks: Vec<Mark>) -> Result<(), PushError> {
        self.stage.with(self.id, |track| {
            if track.stopped.0.is_set() {
                return Err(PushError::Stopped);
            }
            track.frames.extend_from_slice(&frames);
            track.marks.extend(marks);
            track.is_resting = false;
            Ok(())
        })
    }

    fn rest(&mut self) {
        self.stage.with(self.id, |track| track.is_resting = true);
    }
}

impl Drop for HandWriter {
    fn drop(&mut self) {
        self.stage.with(self.id, |track| track.is_complete = true);
    }
}

/// The chunks that a voice was asked for, as the text that a test writes of them: the phonemes, and `!` behind those that it
/// gave up.
pub(super) type Asked = Arc<Mutex<Vec<String>>>;

/// Something that happens while a chunk is made.
pub(super) type During = Box<dyn FnOnce() + Send>;

/// A voice whose phonemes are a name and a number of frames: `a40`. The frames are made of the name, the seed and the place of
/// the chunk, as those of a real voice are.
#[derive(Default, Clone)]
pub(super) struct HandVoice {
    pub(super) asked: Asked,
    /// Happens while the chunk of these phonemes is made for the first time.
    during: Arc<Mutex<Vec<(String, During)>>>,
    pub(super) is_stubborn: bool,
}

impl HandVoice {
    /// Has `happen` happen while the chunk `phonemes` is made.
    pub(super) fn during(&self, phonemes: &str, happen: impl FnOnce() + Send + 'static) {
        self.during.lock().push((phonemes.into(), Box::new(happen)));
    }

    /// Has `happen` happen while the next chunk is made.
    pub(super) fn during_any(&self, happen: impl FnOnce() + Send + 'static) {
        self.during("", happen);
    }

    /// Has happen what was to happen while a chunk is made, if there was none.
    pub(super) fn happen_now(&self) {
        self.happen("");
    }

    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock())
    }

    fn happen(&self, phonemes: &str) {
        let mut during = self.during.lock();
        let place = during
            .iter()
            .position(|(chunk, _)| chunk.is_empty() || chunk == phonemes);
        let happen = place.map(|place| during.remove(place));
        drop(during);
        if let Some((_, happen)) = happen {
            happen();
        }
    }
}

/// What the voice makes.
pub(super) fn frames_of(phonemes: &str, seed: u64, chunk: usize) -> Vec<f32> {
    let name = phonemes.chars().next().map_or(0, u32::from);
    let count: usize = phonemes[1..].parse().unwrap();
    let of = |n: usize| (name as usize * 1_000 + chunk * 100 + n) as f32 + seed as f32 / 8.0;
    (0..count).map(of).collect()
}

impl Synthesizer for HandVoice {
    fn synthesize(
        &mut self,
        request: &SynthesisRequest<'_>,
        cancel: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        // Half of it is there when something happens.
        let all = frames_of(request.phonemes, request.seed, request.chunk);
        frames.extend_from_slice(&all[..all.len() / 2]);
        self.happen(request.phonemes);
        if cancel.is_set() && !self.is_stubborn {
            self.asked.lock().push(format!("{}!", request.phonemes));
            return Err(SynthesisError::Cancelled);
        }
        self.asked.lock().push(request.phonemes.into());
        frames.extend_from_slice(&all[all.len() / 2..]);
        Ok(Timing::unknown())
    }

    fn warm_up(&mut self, cancel: &CancelFlag) -> Result<(), SynthesisError> {
        self.happen("warm");
        if cancel.is_set() {
            self.asked.lock().push("warm!".into());
            return Err(SynthesisError::Cancelled);
        }
        self.asked.lock().push("warm".into());
        Ok(())
    }
}

/// An utterance of these chunks, every frame of which is kept.
pub(super) fn say(chunks: &[&str]) -> Utterance {
    let chunks = chunks.iter().map(|phonemes| Chunk {
        phonemes: (*phonemes).into(),
        source: 0..1,
        words: vec![],
        boundary: Boundary::InsideWord,
        ..Chunk::default()
    });
    let delivery = Delivery {
        trim: Trim::Keep,
        ..Delivery::default()
    };
    Utterance::of_chunks(chunks.collect(), delivery)
}

/// The frames of such an utterance.
pub(super) fn said(chunks: &[&str]) -> Vec<f32> {
    let chunks = chunks.iter().enumerate();
    chunks
        .flat_map(|(n, phonemes)| frames_of(phonemes, 0, n))
        .collect()
}
