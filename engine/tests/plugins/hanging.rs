//! Plugins that do not come back: they are left behind, hold up nobody, and are welcome when they come back after all.

use crate::compiled::Call;
use crate::workshop::{ID, Workshop, wait_until};
use std::time::{Duration, Instant};
use utter::plugin::{GenerationPhase, LoadError, PluginError};
use utter_plugin::Request;

const REQUEST: Request = Request {
    rate: None,
    channels: None,
    period: Duration::from_millis(10),
};

/// The longest deadline of a call, and what a busy machine adds.
const SOON: Duration = Duration::from_secs(10);

#[test]
fn an_instance_that_does_not_close_is_quarantined_and_counted_until_it_does() {
    let workshop = Workshop::new();
    let mut output = workshop.plugins.create(ID, "timed-0").unwrap();
    let format = output.negotiate(&REQUEST).unwrap();
    output.open(&format).unwrap();
    let generation = std::sync::Arc::clone(output.generation());
    workshop.timed.target(0).hang(Call::Close);
    let since = Instant::now();
    assert_eq!(output.close(), Err(LoadError::Late("close")));
    assert!(since.elapsed() < SOON);
    assert_eq!(generation.instances(), (0, 1), "it is not usable, and not closed");
    assert_eq!(workshop.plugins.draining(), (0, 1));
    // Others go on.
    workshop.plugins.create(ID, "timed-1").unwrap().close().unwrap();
    workshop.plugins.reload(ID).unwrap();
    assert_eq!(generation.phase(), GenerationPhase::Quarantined);
    assert_eq!(workshop.plugins.draining(), (0, 1), "it drains no more: it hangs");
    workshop.plugins.create(ID, "timed-1").unwrap().close().unwrap();
    workshop.timed.target(0).release();
    wait_until("it is unloaded", || {
        generation.phase() == GenerationPhase::Unloaded
    });
    assert_eq!(workshop.plugins.draining(), (0, 0));
    assert_eq!(workshop.timed.target(0).overlaps(), 0);
    wait_until("it was told", || workshop.told().contains(&"Recovered".into()));
    let told = workshop.told();
    let place = |name: &str| told.iter().position(|told| told == name).unwrap();
    assert!(place("Hangs") < place("Recovered"), "{told:?}");
    assert_eq!(workshop.timed.plugin().started(), 1);
}

#[test]
fn one_that_hangs_as_it_opens_is_closed_when_it_comes_back() {
    for call in [Call::Negotiate, Call::Open] {
        let workshop = Workshop::new();
        workshop.timed.target(0).hang(call);
        let mut output = workshop.plugins.create(ID, "timed-0").unwrap();
        let since = Instant::now();
        let opened = output.negotiate(&REQUEST).and_then(|format| output.open(&format));
        assert!(matches!(opened, Err(LoadError::Late(_))), "{call:?}: {opened:?}");
        assert!(since.elapsed() < SOON);
        // There is nothing to close: the call has it.
        output.close().unwrap();
        assert_eq!(workshop.plugins.draining(), (0, 1));
        workshop.timed.target(0).release();
        wait_until("it is closed", || workshop.timed.target(0).instances() == 0);
        wait_until("it is counted", || workshop.plugins.draining() == (0, 0));
        assert_eq!(workshop.timed.target(0).open(), 0);
        assert_eq!(workshop.timed.target(0).overlaps(), 0);
    }
}

#[test]
fn one_that_hangs_as_it_is_created_or_listed_holds_up_no_other() {
    for call in [Call::Create, Call::ListTargets] {
        let workshop = Workshop::new();
        workshop.timed.plugin().hang(call);
        let since = Instant::now();
        match call {
            Call::Create => {
                let created = workshop.plugins.create(ID, "timed-0").map(drop);
                let Err(PluginError::Load { error, .. }) = created else {
                    panic!("{created:?}");
                };
                assert!(matches!(error, LoadError::Late(_)), "{error:?}");
            }
            _ => assert_eq!(workshop.plugins.targets(), []),
        }
        assert!(since.elapsed() < SOON);
        // What it holds is asked of one that answers only.
        assert_eq!(workshop.plugins.draining(), (0, 1));
        workshop.plugins.holdings();
        workshop.timed.plugin().release();
        wait_until("it is back", || workshop.plugins.draining() == (0, 0));
        assert_eq!(workshop.timed.target(0).instances(), 0);
        assert_eq!(workshop.plugins.targets().len(), 4);
    }
}

#[test]
fn one_that_hangs_as_it_says_what_it_holds_is_not_asked_twice() {
    let workshop = Workshop::new();
    workshop.plugins.targets();
    workshop.timed.plugin().set_holdings(2, 5, 3);
    let held = workshop.plugins.holdings();
    assert_eq!((held.processes, held.processes_started, held.rings), (2, 5, 3));
    workshop.timed.plugin().hang(Call::Holdings);
    let since = Instant::now();
    for _ in 0..100 {
        assert_eq!(workshop.plugins.holdings(), held, "as far as is known");
    }
    assert!(since.elapsed() < SOON);
    assert_eq!(workshop.timed.plugin().inside(Call::Holdings), 1);
    workshop.timed.plugin().release();
    wait_until("it is back", || workshop.plugins.draining() == (0, 0));
}

#[test]
fn one_that_does_not_start_or_stop_is_left_behind() {
    let workshop = Workshop::new();
    workshop.timed.plugin().hang(Call::Init);
    let since = Instant::now();
    let refused = workshop.plugins.create(ID, "timed-0").map(drop).unwrap_err();
    let PluginError::Load { error, .. } = refused.first() else {
        panic!("{refused:?}");
    };
    assert_eq!(*error, LoadError::Late("start"));
    workshop.timed.plugin().release();
    wait_until("it is stopped again", || {
        workshop.timed.plugin().arrived(Call::Deinit) == 1 && workshop.timed.plugin().started() == 0
    });
    workshop.plugins.reload(ID).unwrap();
    workshop.timed.plugin().hang(Call::Deinit);
    workshop.plugins.disable(ID).unwrap();
    assert!(since.elapsed() < 2 * SOON);
    assert_eq!(workshop.plugins.draining(), (0, 0), "it is not waited for");
    workshop.timed.plugin().release();
    wait_until("it is stopped", || workshop.timed.plugin().started() == 0);
}
