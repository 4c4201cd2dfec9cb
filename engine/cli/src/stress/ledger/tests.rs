//! Accounts of what a real runtime tells, as it is and with one thing wrong in it.

use std::sync::Arc;
use std::time::Duration;

use utter::host::{
    Client, ClientOptions, ClientState, Outputs, Parts, RuntimeConfig, RuntimeHost, Speak, Subscription,
    Update,
};
use utter::playback::output::NullOutput;
use utter::speech::{CancelFlag, SynthesisError, SynthesisRequest, Synthesizer, Timing, VoiceLoader};

use super::*;

/// What comes for certain is not waited for longer than this.
const NEVER: Duration = Duration::from_secs(20);

/// The voice: a tenth of a second of a hum. Silence would be trimmed away.
struct Hum;

impl Synthesizer for Hum {
    fn synthesize(
        &mut self,
        _: &SynthesisRequest<'_>,
        _: &CancelFlag,
        frames: &mut Vec<f32>,
    ) -> Result<Timing, SynthesisError> {
        frames.extend((0..2_400).map(|n| 0.25 * (n as f32 * 0.1).sin()));
        Ok(Timing::unknown())
    }
}

/// All that a client is told who says two things, waits for both, and detaches.
fn told(host: &RuntimeHost) -> (Vec<Update<ClientState>>, Vec<UtteranceHandle>) {
    let client = host.attach(ClientOptions::default()).unwrap();
    let mut events = client.events().unwrap();
    let asked = [speak(&client), speak(&client)].to_vec();
    for handle in &asked {
        assert!(matches!(handle.wait_within(NEVER), Some(Outcome::Finished)));
    }
    // That an utterance is over is known a moment before it is told.
    let mut updates = read_until(&mut events, |state| state.finished == 2);
    client.detach();
    updates.extend(std::iter::from_fn(|| events.next_within(NEVER)));
    assert!(events.is_over());
    (updates, asked)
}

fn speak(client: &Client) -> UtteranceHandle {
    client.speak(Speak::phonemes("aɪ")).unwrap()
}

fn read_until(
    events: &mut Subscription<ClientState>,
    is_enough: impl Fn(&Seen) -> bool,
) -> Vec<Update<ClientState>> {
    let (mut account, mut updates) = (Account::default(), Vec::new());
    while !is_enough(account.seen()) {
        let update = events.next_within(NEVER).unwrap();
        account.enter(&update);
        updates.push(update);
    }
    updates
}

/// What an account says of this, when it was read to its end.
fn seen(updates: &[Update<ClientState>], asked: &[UtteranceHandle], earlier: Option<UtteranceId>) -> Seen {
    let mut account = Account::after(earlier);
    updates.iter().for_each(|update| account.enter(update));
    account.compare(asked, true, Some(true));
    account.seen().clone()
}

/// The same changes, numbered anew.
fn renumbered(updates: &[Update<ClientState>]) -> Vec<Update<ClientState>> {
    let mut next = 0;
    let number = |update: &Update<ClientState>| match update {
        Update::Change { change, .. } => {
            next += 1;
            Update::Change {
                number: next,
                change: change.clone(),
            }
        }
        other => other.clone(),
    };
    updates.iter().map(number).collect()
}

fn place(updates: &[Update<ClientState>], is_it: impl Fn(&ClientEvent) -> bool) -> usize {
    let is_it =
        |update: &Update<ClientState>| matches!(update, Update::Change { change, .. } if is_it(change));
    updates.iter().position(is_it).unwrap()
}

#[test]
fn whatever_is_wrong_is_found() {
    let loader: VoiceLoader = Arc::new(|_, _| Ok(Box::new(Hum)));
    let parts = Parts {
        outputs: Arc::new(NullOutput::default()),
        plugins: None,
        loader: Arc::new(move |_| Arc::clone(&loader)),
        inventory: None,
    };
    let config = RuntimeConfig {
        outputs: Outputs::Null,
        ..RuntimeConfig::default()
    };
    let host = RuntimeHost::init_with_parts(config, parts).unwrap();
    let (others, _) = told(&host);
    let (updates, asked) = told(&host);
    host.shutdown();
    let is_end = |event: &ClientEvent| matches!(event, ClientEvent::Finished { .. });
    let is_queued = |event: &ClientEvent| matches!(event, ClientEvent::Queued { .. });
    let (queued, end) = (place(&updates, is_queued), place(&updates, is_end));

    let right = seen(&updates, &asked, None);
    assert!(right.each_came_once() && right.each_ended_once(), "{right:?}");
    assert_eq!((right.queued, right.started, right.finished), (2, 2, 2));
    assert_eq!(right.first_wrong, None);

    // The very same update again.
    let mut wrong = updates.clone();
    wrong.insert(end, wrong[end].clone());
    let found = seen(&wrong, &asked, None);
    assert_eq!(found.repeated, 1);
    assert!(found.first_wrong.unwrap().contains("Finished"), "it is shown");

    // An utterance that is queued, or ends, again.
    for again in [queued, end] {
        let mut wrong = updates.clone();
        wrong.insert(again, wrong[again].clone());
        assert_eq!(seen(&renumbered(&wrong), &asked, None).repeated, 1);
    }

    // What an earlier subscription was told of.
    let newest = asked.iter().map(UtteranceHandle::id).max();
    assert_eq!(seen(&updates, &asked, newest).repeated, 2);

    // A change that is left out, with its number or without.
    let mut wrong = updates.clone();
    wrong.remove(end);
    let found = seen(&wrong, &asked, None);
    assert_eq!((found.missing, found.unended), (1, 1));
    let found = seen(&renumbered(&wrong), &asked, None);
    assert_eq!((found.missing, found.unended), (0, 1));
    let mut wrong = updates.clone();
    wrong.retain(|update| !matches!(update, Update::Change { change, .. } if is_queued(change)));
    assert_eq!(seen(&renumbered(&wrong), &asked, None).untold, 2);

    // Something of another client, and something after the departure.
    let foreign = others[place(&others, is_end)].clone();
    let mut wrong = updates.clone();
    wrong.insert(end, foreign);
    assert_eq!(seen(&renumbered(&wrong), &asked, None).stray, 1);
    let mut wrong = updates.clone();
    wrong.swap(end, updates.len() - 1);
    assert!(seen(&renumbered(&wrong), &asked, None).stray > 0);

    // A subscription that just ends; or one that goes on.
    assert_eq!(seen(&updates[..updates.len() - 1], &asked, None).unclosed, 1);
    let mut account = Account::default();
    updates.iter().for_each(|update| account.enter(update));
    account.compare(&asked, true, Some(false));
    assert_eq!(account.seen().unclosed, 1);

    // An end that is told otherwise than it was.
    let mut wrong = updates.clone();
    if let Update::Change {
        change: change @ ClientEvent::Finished { .. },
        ..
    } = &mut wrong[end]
    {
        *change = ClientEvent::Stopped {
            utterance: asked[0].id(),
            heard: Default::default(),
        };
    }
    assert_eq!(seen(&wrong, &asked, None).contradicted, 1);

    // Who lags begins anew with a snapshot, and is not judged for what he has missed.
    let mut wrong = updates.clone();
    let state = ClientState::default();
    wrong.truncate(queued + 1);
    wrong.push(Update::Lagged { missed: 300 });
    wrong.push(Update::Snapshot { number: 400, state });
    wrong.push(Update::Change {
        number: 401,
        change: ClientEvent::Departed(Departure::Detached),
    });
    let found = seen(&wrong, &asked, None);
    assert_eq!(
        (found.lagged, found.missing, found.untold, found.unended),
        (1, 0, 0, 0)
    );
}
