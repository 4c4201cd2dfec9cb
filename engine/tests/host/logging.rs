//! What the host logs: for each thing that happens one event, with fields.

use crate::rig::{NEVER, Rig, impatient, wait_until};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use utter::host::{ClientOptions, RuntimeHost, Speak};
use utter::speech::Outcome;

/// An event: its level, and its fields, of which one is its message.
type Logged = (Level, BTreeMap<&'static str, String>);

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Logged>>>);

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push((*event.metadata().level(), fields.0));
    }
}

impl Collector {
    /// The first event of this message.
    fn find(&self, message: &str) -> Option<Logged> {
        let events = self.0.lock().unwrap();
        let mut those = events
            .iter()
            .filter(|(_, fields)| fields.get("message").is_some_and(|text| text == message));
        those.next().cloned()
    }
}

#[test]
fn what_happens_is_logged_with_its_fields() {
    let rig = Rig::new(impatient());
    rig.host.shutdown();
    let log = Collector::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone())).unwrap();
    let host = RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
    RuntimeHost::init_with_parts(rig.config.clone(), rig.parts.clone()).unwrap();
    let attach = |name| host.attach(ClientOptions::named(name)).unwrap();
    let (one, two) = (attach("one"), attach("two"));
    let spoken = one.speak(Speak::phonemes("a")).unwrap();
    assert!(matches!(spoken.wait_within(NEVER), Some(Outcome::Finished)));
    host.release_memory().unwrap().wait().unwrap();
    one.detach();
    let late = two.id();
    wait_until("it is evicted", || log.find("client evicted").is_some());
    host.shutdown();
    let expected: [(&str, Level, &[&str]); 9] = [
        ("runtime started", Level::INFO, &["inits", "device"]),
        ("runtime reused", Level::INFO, &[]),
        ("client attached", Level::INFO, &["client", "name", "active"]),
        (
            "client detached",
            Level::INFO,
            &["client", "name", "active", "reason"],
        ),
        (
            "client evicted",
            Level::WARN,
            &["client", "name", "active", "reason"],
        ),
        ("output open", Level::INFO, &["output", "rate", "channels"]),
        ("output closed", Level::INFO, &["output"]),
        ("voice loaded", Level::INFO, &["took"]),
        ("voice released", Level::INFO, &[]),
    ];
    for (message, level, fields) in expected {
        let Some((at, found)) = log.find(message) else {
            panic!("{message:?} is not logged");
        };
        assert_eq!(at, level, "{message}");
        for field in fields {
            assert!(found.contains_key(field), "{message}: {found:?}");
        }
    }
    let (_, evicted) = log.find("client evicted").unwrap();
    assert_eq!(evicted["client"], late.to_string());
    assert_eq!(evicted["active"], "0");
    assert!(evicted["reason"].contains("lease"), "{evicted:?}");
    assert!(log.find("runtime shut down").is_some());
}
