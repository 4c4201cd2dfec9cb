//! Plugins that break their word: an error, and never a crash.

use crate::compiled::{Build, Call, Lie};
use crate::workshop::{ID, Workshop};
use std::time::Duration;
use utter::plugin::{LoadError, PluginError, PluginOutput};
use utter_plugin::abi::OutputState;
use utter_plugin::{FailureCode, Request};

const REQUEST: Request = Request {
    rate: None,
    channels: None,
    period: Duration::from_millis(10),
};

fn refusal(lie: Lie) -> LoadError {
    let workshop = Workshop::with(&Build::lying(lie));
    let Err(error) = workshop.plugins.create(ID, "timed-0") else {
        panic!("{lie:?} is loaded");
    };
    let PluginError::Load { error, .. } = error.first() else {
        panic!("{lie:?}: {error:?}");
    };
    assert!(!error.hint().is_empty());
    // Nothing of it has run, and nothing is left of it.
    assert_eq!(workshop.timed.plugin().arrived(Call::Init), 0, "{lie:?}");
    assert_eq!(workshop.shadows(), 0, "{lie:?}");
    error.clone()
}

#[test]
fn a_library_that_is_not_as_it_must_be_is_not_started() {
    let lies = [
        Lie::NoSymbol,
        Lie::EntryTooSmall,
        Lie::DescriptorTooSmall,
        Lie::TableTooSmall,
        Lie::NoDescriptor,
        Lie::NoOutputs,
        Lie::NullId,
        Lie::EmptyId,
        Lie::EndlessId,
        Lie::NotUtf8Id,
        Lie::LongId,
        Lie::NullName,
        Lie::EmptyName,
        Lie::EndlessName,
        Lie::NotUtf8Name,
        Lie::LongName,
    ];
    for lie in lies.into_iter().chain(Call::ALL.map(Lie::NoFunction)) {
        let error = refusal(lie);
        assert!(matches!(error, LoadError::Entry(_)), "{lie:?}: {error}");
    }
}

#[test]
fn one_of_another_version_or_another_plugin_is_named_as_such() {
    let error = refusal(Lie::AbiVersion);
    assert_eq!(error, LoadError::Abi { plugin: 2, host: 1 });
    let LoadError::AnotherPlugin { expected, found } = refusal(Lie::AnotherId) else {
        panic!("it is another");
    };
    assert_eq!(
        (expected.as_str(), found.as_str()),
        ("org.utter.timed 0.1.0", "org.utter.another 0.1.0")
    );
}

#[test]
fn targets_that_cannot_be_are_left_out() {
    let none = [
        Lie::NullTarget,
        Lie::TargetTooSmall,
        Lie::NullTargetId,
        Lie::EmptyTargetId,
        Lie::EndlessTargetId,
        Lie::NotUtf8TargetId,
        Lie::LongTargetId,
        Lie::NullTargetName,
        Lie::EmptyTargetName,
        Lie::EndlessTargetName,
        Lie::NotUtf8TargetName,
        Lie::LongTargetName,
    ];
    for lie in none {
        let workshop = Workshop::with(&Build::lying(lie));
        assert_eq!(workshop.plugins.targets(), [], "{lie:?}");
    }
    let some = [
        (Lie::SameTargetId, 1),
        (Lie::NullFormats, 4),
        (Lie::ManyFormats, 4),
        (Lie::ManyTargets, 1),
        (Lie::UnwantedTargets, 1),
    ];
    for (lie, count) in some {
        let workshop = Workshop::with(&Build::lying(lie));
        assert_eq!(workshop.plugins.targets().len(), count, "{lie:?}");
    }
}

#[test]
fn an_instance_that_is_none_and_formats_that_are_none_are_refused() {
    let workshop = Workshop::with(&Build::lying(Lie::NullInstance));
    assert_is_broken(workshop.plugins.create(ID, "timed-0").map(drop));
    let lies = [
        Lie::NoRate,
        Lie::AbsurdRate,
        Lie::NoChannels,
        Lie::AbsurdChannels,
        Lie::NoPeriod,
        Lie::AbsurdPeriod,
    ];
    for lie in lies {
        let workshop = Workshop::with(&Build::lying(lie));
        let mut output = workshop.plugins.create(ID, "timed-0").unwrap();
        let Err(LoadError::Failed { code, .. }) = output.negotiate(&REQUEST) else {
            panic!("{lie:?} is believed");
        };
        assert_eq!(code, FailureCode::Broken);
        output.close().unwrap();
    }
}

fn assert_is_broken(result: Result<(), PluginError>) {
    let Err(PluginError::Load { error, .. }) = result else {
        panic!("{result:?}");
    };
    let LoadError::Failed { code, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(code, FailureCode::Broken);
}

/// Plays silence on an open output until it says something else than that it runs, or for two seconds of its clock.
fn play(output: &mut PluginOutput, channels: usize) -> OutputState {
    let silence = vec![0.0; 480 * channels];
    let mut written = 0;
    while written < 96_000 {
        let status = output.status();
        if status.state != OutputState::Running {
            return status.state;
        }
        let frames = status.writable.min(480) as usize;
        written += output.write(&silence[..frames * channels]);
        std::thread::sleep(Duration::from_micros(300));
    }
    OutputState::Running
}

#[test]
fn an_output_that_says_what_cannot_be_has_failed() {
    let lies = [
        (Lie::ConsumedGoesBack, true),
        (Lie::XrunsGoBack, true),
        (Lie::DelayEndless, true),
        (Lie::WritesMore, true),
        // These can be, or do no harm.
        (Lie::ConsumedJumps, false),
        (Lie::WritableEndless, false),
        (Lie::LookAgainAtOnce, false),
        (Lie::LookAgainNever, false),
    ];
    for (lie, fails) in lies {
        let workshop = Workshop::with(&Build::lying(lie));
        workshop.timed.target(0).set_speed(20);
        let mut output = workshop.plugins.create(ID, "timed-0").unwrap();
        let format = output.negotiate(&REQUEST).unwrap();
        output.open(&format).unwrap();
        let state = play(&mut output, format.channels as usize);
        assert_eq!(state == OutputState::Failed, fails, "{lie:?}: {state:?}");
        assert_eq!(output.lie().is_some(), fails, "{lie:?}");
        output.close().unwrap();
    }
}

#[test]
fn failures_without_an_end_or_a_name_are_told_as_far_as_they_go() {
    let lies = [
        (Lie::UnknownFailure, FailureCode::Broken),
        (Lie::NegativeFailure, FailureCode::Broken),
        (Lie::EndlessMessage, FailureCode::Busy),
        (Lie::NotUtf8Message, FailureCode::Busy),
    ];
    for (lie, expected) in lies {
        let workshop = Workshop::with(&Build::lying(lie));
        workshop
            .timed
            .target(0)
            .fail(Call::Open, FailureCode::Busy as i32);
        let mut output = workshop.plugins.create(ID, "timed-0").unwrap();
        let format = output.negotiate(&REQUEST).unwrap();
        let Err(LoadError::Failed { code, reason, .. }) = output.open(&format) else {
            panic!("{lie:?} opens");
        };
        assert_eq!(code, expected, "{lie:?}");
        assert!(!reason.is_empty() && reason.len() <= 3 * 512, "{lie:?}");
        output.close().unwrap();
    }
}
