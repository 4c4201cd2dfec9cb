//! Which devices there are, and those that are none.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use utter_asio::lease::{Lease, LeaseError, Pool};
use utter_asio::protocol::message::{Answer, FaultCode, Request, Shape};
use utter_asio::shared_ring::{Geometry, Handover, Place, RingWriter};
use utter_plugin::{FailureCode, FormatRange, Output, OutputPlugin};

use crate::rig::{self, DEVICE, Rig};
use crate::timed_output::TestSystem;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

#[test]
fn the_devices_are_listed_with_what_they_take_and_nothing_is_left() {
    let devices = [("default", DEVICE), ("other", DEVICE)];
    let rig = Rig::with("the_devices_are_listed", &devices, Place::Anonymous);
    let targets = rig.plugin.targets().unwrap();
    let ids: Vec<_> = targets
        .iter()
        .map(|target| (target.id.as_str(), target.is_default))
        .collect();
    assert_eq!(ids, [("alsa:default", true), ("alsa:other", false)]);
    let takes = FormatRange {
        channels: 2,
        lowest_rate: 48_000,
        highest_rate: 48_000,
    };
    assert!(
        targets
            .iter()
            .all(|target| target.formats == [takes] && !target.name.is_empty())
    );
    let holdings = rig.plugin.holdings();
    assert_eq!(
        (holdings.processes, holdings.processes_started),
        (0, 0),
        "who only asks counts as no output"
    );
    rig.end().remove();
}

#[test]
fn a_bad_device_is_an_error_and_leaves_nothing() {
    let rig = Rig::new("a_bad_device_is_an_error", DEVICE);
    let mut output = rig.plugin.create("alsa:nowhere").unwrap();
    let failure = output.negotiate(&rig::request()).unwrap_err();
    assert_eq!(failure.code, FailureCode::NotFound, "{failure}");
    assert_eq!(rig.plugin.holdings().processes, 0);
    rig.device().occupy();
    let mut output = rig.plugin.create(&rig.device().id()).unwrap();
    let failure = output.negotiate(&rig::request()).unwrap_err();
    assert_eq!(failure.code, FailureCode::Busy, "{failure}");
    assert_eq!(rig.plugin.holdings().processes, 0);
    rig.end().remove();
}

/// A ring whose writer lies is not read any more; the program says so and lives on.
fn liar(lease: &Lease, attach: &dyn Fn(u32, Option<PathBuf>, u64) -> Request) {
    let directory = tempfile::tempdir().unwrap();
    let geometry = Geometry {
        capacity: 4_096,
        rate: 48_000,
        channels: 2,
    };
    let (_ring, handover) =
        RingWriter::create(geometry, 3, &Place::Directory(directory.path().to_owned())).unwrap();
    let Handover::Path(path) = handover else { panic!() };
    lease
        .call(&attach(4, Some(path.clone()), 3), None, soon())
        .unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(128)).unwrap();
    file.write_all(&u64::MAX.to_ne_bytes()).unwrap();
    rig::wait_until("it is found out", || lease.process().is_broken(4, 3));
    lease.call(&Request::Ping {}, None, soon()).unwrap();
    assert!(lease.process().is_usable());
}

#[test]
fn a_program_that_is_asked_for_the_impossible_lives_on() {
    let system = TestSystem::create("a_program_lives_on", &[("default", DEVICE)]);
    let pool = Pool::new(rig::launch(&system, &Default::default())).unwrap();
    let lease = pool.acquire("alsa:default", None, soon()).unwrap();
    let code = |request: &Request, ring: Option<&Handover>| match lease.call(request, ring, soon()) {
        Err(LeaseError::Fault { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    let shape = Shape {
        rate: 48_000,
        channels: 2,
        period: 480,
    };
    let open = |device: &str, shape| Request::Open {
        device: device.into(),
        shape,
    };
    let attach = |slot, path, epoch| Request::Attach { slot, path, epoch };
    assert_eq!(code(&open("alsa:nowhere", shape), None), FaultCode::NotFound);
    assert_eq!(code(&open("what?", shape), None), FaultCode::NotFound);
    let odd = Shape { rate: 11, ..shape };
    assert_eq!(code(&open("alsa:default", odd), None), FaultCode::NoUsableFormat);
    let none = Shape { channels: 0, ..shape };
    assert_eq!(code(&open("alsa:default", none), None), FaultCode::NoUsableFormat);
    assert_eq!(
        code(&attach(0, None, 1), None),
        FaultCode::WrongState,
        "nothing is open"
    );
    assert_eq!(code(&Request::Reset {}, None), FaultCode::WrongState);

    assert_eq!(lease.open("alsa:default", &shape, soon()).unwrap(), Some(shape));
    assert_eq!(code(&open("alsa:default", odd), None), FaultCode::WrongState);
    assert_eq!(
        code(&attach(0, None, 1), None),
        FaultCode::WrongState,
        "without a ring"
    );
    assert_eq!(
        code(&attach(0, Some("/dev/null".into()), 1), None),
        FaultCode::WrongState
    );
    assert_eq!(code(&attach(99, None, 1), None), FaultCode::WrongState);
    let geometry = Geometry {
        capacity: 4_096,
        rate: 44_100,
        channels: 2,
    };
    let (_wrong, handover) = RingWriter::create(geometry, 1, &Place::Anonymous).unwrap();
    assert_eq!(
        code(&attach(0, None, 1), Some(&handover)),
        FaultCode::WrongState,
        "of another rate"
    );

    let geometry = Geometry {
        rate: 48_000,
        ..geometry
    };
    let (ring, handover) = RingWriter::create(geometry, 2, &Place::Anonymous).unwrap();
    let done = |request: &Request, ring: Option<&Handover>| match lease.call(request, ring, soon()) {
        Ok(Answer::Done {}) => {}
        other => panic!("{other:?}"),
    };
    done(&attach(0, None, 2), Some(&handover));
    assert_eq!(
        code(&attach(0, None, 2), Some(&handover)),
        FaultCode::WrongState,
        "taken"
    );
    rig::wait_until("it is read", || ring.callback(utter_asio::clock::now()).is_some());

    // Opened anew, the device goes on with the ring.
    assert!(matches!(
        lease.call(&Request::Reset {}, None, soon()),
        Ok(Answer::Shape(_))
    ));
    let asked = || {
        ring.callback(utter_asio::clock::now())
            .map_or(0, |callback| callback.asked)
    };
    let before = asked();
    rig::wait_until("it is read again", || asked() > before);
    done(&Request::Detach { slot: 0 }, None);
    done(&Request::Ping {}, None);
    liar(&lease, &attach);
    lease.release().unwrap();
    pool.stop();
    assert!(matches!(
        pool.acquire("alsa:default", None, soon()),
        Err(LeaseError::Ending)
    ));
    system.remove();
}
