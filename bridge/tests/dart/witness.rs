//! Follows a stream of events, and remembers the kinds that it saw.

use crate::isolate::Stream;
use serde_json::Value;
use std::collections::BTreeSet;

/// Who follows a stream.
pub struct Witness {
    events: Stream,
    pub seen: BTreeSet<String>,
    /// Looks at every event.
    check: fn(&Value),
}

impl Witness {
    pub fn of(events: Stream, check: fn(&Value)) -> Self {
        let seen = BTreeSet::new();
        Self { events, seen, check }
    }

    /// The next event of this kind; those before it are looked at, too.
    pub fn until(&mut self, kind: &str) -> Value {
        let told = self.events.until(kind);
        told.iter().for_each(self.check);
        let kinds = told
            .iter()
            .map(|event| event["kind"].as_str().unwrap().to_owned());
        self.seen.extend(kinds);
        told.last().unwrap().clone()
    }
}
