//! One cycle: what a restart of an app does to the runtime, and how it ends in the middle of speech.
//!
//! Three clients attach. Two are followed by a witness each, and speak, pause, stop and interrupt at random. The third
//! follows nothing, says one word and calls now and then, so that nothing but its lease can end it when it vanishes.
//! Meanwhile what the cycle before has left behind must go.

use std::thread;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use utter::host::{
    Client, ClientOptions, ClientState, Error, Phase, Reason, RuntimeConfig, RuntimeHost, Speak,
    UtteranceState,
};
use utter::playback::Interrupt as Urgency;
use utter::speech::UtteranceHandle;

use super::census::Census;
use super::damage::Injected;
use super::exchange::Exchange;
use super::findings::{Departing, Findings};
use super::ledger::Account;
use super::left::{Leaving, Left, obeyed};
use super::witness::{Testimony, Witness};
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// How long clients that are gone may stay attached: their last word is heard first, then their leases end.
const GONE_WITHIN: Duration = Duration::from_secs(20);

/// How long what was stopped may take to end.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Utterances of a client that wait; with more it stops. A restart is to meet speech, and not a backlog of minutes.
const BACKLOG: usize = 4;

/// How long it may take until something is heard.
const HEARD_WITHIN: Duration = Duration::from_secs(20);

/// Time between two looks at what to do next, in ms.
const BETWEEN: std::ops::Range<u64> = 50..150;

const SENTENCES: [&str; 4] = [
    "Hot restarts come when nobody expects them.",
    "Somebody is speaking while everything is rebuilt.",
    "One, two, three, and gone.",
    "This sentence may well be cut in the middle of a word.",
];

/// A cycle.
pub struct Cycle<'a> {
    pub number: u32,
    /// Whether what the process has is counted.
    pub is_judged: bool,
    pub config: &'a RuntimeConfig,
    /// How long it is heard before it is cut off.
    pub lasts: Duration,
    pub interrupt: &'a Interrupt,
}

/// How a cycle ends. They take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The clients detach: one when it has fallen silent, the others while they speak.
    Clean,
    /// They vanish without a word.
    Abandoned,
    /// The restart is announced.
    Announced,
}

/// The clients of a cycle.
struct Cast {
    speakers: [Speaker; 2],
    silent: Client,
}

/// A client that is followed.
struct Speaker {
    client: Client,
    witness: Witness,
    asked: Vec<UtteranceHandle>,
}

impl Cycle<'_> {
    /// Runs it. `left` is what the last one has left behind; gives what this one does.
    pub fn run(
        &self,
        left: Left,
        random: &mut Pcg64Mcg,
        injected: &mut Injected,
        exchange: Option<&mut Exchange>,
        findings: &mut Findings,
    ) -> Result<Left, Failure> {
        let host = RuntimeHost::init(self.config.clone())?;
        let mut cast = self.attach(&host, injected, findings)?;
        // What the dead isolate had goes while the new one lives.
        let leaving = left.finalize();
        cast.silent.speak(Speak::text("Yes."))?;
        self.speak(&host, &mut cast, &leaving, random, exchange, findings)?;
        if self.is_judged {
            findings.taken.push(Census::take());
        }
        let left = self.end(&host, cast, findings)?;
        injected.damage(&host)?;
        Ok(left)
    }

    fn attach(&self, host: &RuntimeHost, injected: &Injected, findings: &Findings) -> Result<Cast, Failure> {
        let attach =
            |name: &str| host.attach(ClientOptions::named(format!("{name} of cycle {}", self.number)));
        let speaker = |name| {
            let client = attach(name)?;
            let account = Account::after(findings.newest);
            let witness = Witness::follow(&client, account, injected.doubles_events())?;
            Ok::<_, Failure>(Speaker {
                client,
                witness,
                asked: Vec::new(),
            })
        };
        Ok(Cast {
            speakers: [speaker("first")?, speaker("second")?],
            silent: attach("silent one")?,
        })
    }

    /// Speaks until it was heard for its time, and those of the cycle before are gone.
    fn speak(
        &self,
        host: &RuntimeHost,
        cast: &mut Cast,
        leaving: &Leaving,
        random: &mut Pcg64Mcg,
        mut exchange: Option<&mut Exchange>,
        findings: &mut Findings,
    ) -> Result<(), Failure> {
        let begin = Instant::now();
        let mut heard_since = None;
        let mut has_acted = false;
        let mut departing = Departing::Going;
        while !self.interrupt.came() {
            if departing == Departing::Going {
                departing = findings.look(host, leaving, GONE_WITHIN)?;
            }
            let is_calm = begin.elapsed() >= self.lasts;
            cast.silent.heartbeat()?;
            for speaker in &mut cast.speakers {
                if speaker.act(random, is_calm)? {
                    heard_since.get_or_insert_with(Instant::now);
                }
            }
            if let Some(exchange) = &mut exchange {
                // While it is heard.
                if !has_acted && heard_since.is_some() {
                    exchange.act(host)?;
                    has_acted = true;
                }
                if !exchange.look(host)? {
                    thread::sleep(Duration::from_millis(BETWEEN.start));
                    continue;
                }
            }
            let was_heard = heard_since.is_some_and(|since: Instant| since.elapsed() >= self.lasts);
            let is_mute = heard_since.is_none() && begin.elapsed() > HEARD_WITHIN;
            if departing != Departing::Going && (was_heard || is_mute) {
                findings.mute += u64::from(is_mute);
                break;
            }
            thread::sleep(Duration::from_millis(random.random_range(BETWEEN)).min(self.lasts));
        }
        Ok(())
    }

    fn end(&self, host: &RuntimeHost, cast: Cast, findings: &mut Findings) -> Result<Left, Failure> {
        let end = [End::Clean, End::Abandoned, End::Announced][self.number as usize % 3];
        let Cast { speakers, silent } = cast;
        match end {
            End::Clean => {
                let [one, other] = &speakers;
                one.client.stop(Default::default())?;
                other.client.detach();
                silent.detach();
                one.wait_for_silence()?;
                one.client.detach();
                // A second time is harmless.
                one.client.detach();
            }
            End::Abandoned => {}
            End::Announced => host.prepare_hot_restart()?,
        }
        let has_departed = end != End::Abandoned;
        let mut left = Left::default();
        for (number, speaker) in speakers.into_iter().enumerate() {
            let Testimony { events, mut account } = match has_departed {
                true => speaker.witness.follow_to_the_end()?,
                false => speaker.witness.leave()?,
            };
            let waited = end == End::Clean && number == 0;
            account.compare(&speaker.asked, waited, has_departed.then(|| events.is_over()));
            findings.account(&account);
            left.subscriptions.push(events);
            left.clients.push(speaker.client);
        }
        left.clients.push(silent);
        if has_departed {
            findings.obeyed += left.clients.iter().map(obeyed).sum::<u64>();
        }
        if end == End::Clean {
            left.subscriptions
                .drain(..)
                .for_each(utter::host::Subscription::end);
        }
        Ok(left)
    }
}

impl Speaker {
    /// Does something, or listens for a while; whether something of it is heard. When it `is_calm` it does no more than to
    /// keep speaking, so that it is heard, and others come to an end.
    fn act(&mut self, random: &mut Pcg64Mcg, is_calm: bool) -> Result<bool, Failure> {
        let state = self.client.state()?;
        let speak = Speak::text(SENTENCES[random.random_range(0..SENTENCES.len())]);
        let done = match random.random_range(0..100) {
            _ if state.utterances.is_empty() => self.say(speak),
            _ if is_calm && state.is_paused => self.client.resume().map(drop),
            _ if is_calm => Ok(()),
            _ if state.utterances.len() > BACKLOG => self.client.stop(Default::default()).map(drop),
            0..10 => self.say(speak),
            10..16 => self.say(speak.replace()),
            16..19 => self.say(Speak::text("Attention!").urgent(Urgency::Resume)),
            19..22 => self.say(Speak::text("Attention!").urgent(Urgency::Discard)),
            22..30 => self.turn(&state),
            30..34 => self.client.stop(Default::default()).map(drop),
            34..38 => self.client.skip().map(drop),
            _ => Ok(()),
        };
        match done {
            // There was nothing to skip any more.
            Err(error) if error.reason() == Reason::InvalidInput => {}
            done => done?,
        }
        let is_heard = |utterance: &UtteranceState| utterance.phase == Phase::Speaking;
        Ok(!state.is_paused && state.utterances.values().any(is_heard))
    }

    fn say(&mut self, speak: Speak) -> Result<(), Error> {
        self.asked.push(self.client.speak(speak)?);
        Ok(())
    }

    fn turn(&self, state: &ClientState) -> Result<(), Error> {
        match state.is_paused {
            true => self.client.resume().map(drop),
            false => self.client.pause().map(drop),
        }
    }

    /// Waits until nothing of it is left to be said; what came of it is judged from its account.
    fn wait_for_silence(&self) -> Result<(), Failure> {
        let since = Instant::now();
        while !self.client.state()?.utterances.is_empty() && since.elapsed() < STOPS_WITHIN {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}
