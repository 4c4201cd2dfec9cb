//! Two isolates at once, as at a hot restart, where the finalizers of the old one run when they like.

use crate::isolate::Isolate;
use crate::library::BRIDGE;
use crate::process::alone;
use serde_json::json;
use std::time::Duration;

/// Long enough for an answer that comes at all.
const SOON: Duration = Duration::from_secs(2);

fn answers(isolate: &Isolate) -> bool {
    isolate
        .start("runtime_metrics", json!({}))
        .answer_within(SOON)
        .is_some()
}

/// Without the bridge's own step: the finalizer of the first isolate comes between two steps of the second, and Rust has no way to
/// answer any more. If this fails flutter_rust_bridge has mended it, and the step can go.
#[test]
fn generated_code_alone_loses_every_answer() {
    alone("races::generated_code_alone_loses_every_answer", || {
        let old = Isolate::attach_as_generated();
        assert!(answers(&old));
        BRIDGE.store_post();
        old.die().run();
        let finalizer = BRIDGE.shutdown_callback();
        let new = Isolate::of(vec![finalizer]);
        assert!(!answers(&new));
    });
}

/// With it, wherever the finalizers come.
#[test]
fn a_late_finalizer_takes_nothing_from_the_new_isolate() {
    alone(
        "races::a_late_finalizer_takes_nothing_from_the_new_isolate",
        || {
            for steps_before in 0..=4 {
                let mut finalizers = Some(Isolate::attach().die());
                let mut run_at = |step: usize| {
                    if step == steps_before
                        && let Some(finalizers) = finalizers.take()
                    {
                        finalizers.run();
                    }
                };
                run_at(0);
                let gone = BRIDGE.attach(BRIDGE.abi()).unwrap();
                run_at(1);
                BRIDGE.store_post();
                run_at(2);
                let shutdown = BRIDGE.shutdown_callback();
                run_at(3);
                let new = Isolate::of(vec![gone, shutdown]);
                assert!(answers(&new), "with the finalizers after step {steps_before}");
                run_at(4);
                assert!(answers(&new), "and after all of them");
                new.die().run();
            }
        },
    );
}

/// Many at once, some of whom die while others begin; what the last one has is right.
#[test]
fn isolates_come_and_go_on_many_threads() {
    alone("races::isolates_come_and_go_on_many_threads", || {
        let stays = Isolate::attach();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    for _ in 0..200 {
                        Isolate::attach().die().run();
                    }
                })
            })
            .collect();
        for _ in 0..50 {
            assert!(answers(&stays));
        }
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(answers(&stays));
    });
}

/// With the last isolate Rust stops to post: the VM may be gone. One that comes later is answered.
#[test]
fn nobody_is_posted_to_when_all_are_gone() {
    alone("races::nobody_is_posted_to_when_all_are_gone", || {
        let isolate = Isolate::attach();
        let call = isolate.start("runtime_outputs", json!({}));
        drop(call.answer_within(SOON));
        let port = crate::vm::Port::open();
        isolate.die().run();
        let function = BRIDGE.function("runtime_metrics");
        BRIDGE.start(function.number, port.number, &[]);
        assert_eq!(port.receive_within(Duration::from_millis(300)), None);
        assert!(answers(&Isolate::attach()));
    });
}

#[test]
fn another_interface_is_refused_and_changes_nothing() {
    alone("races::another_interface_is_refused_and_changes_nothing", || {
        let isolate = Isolate::attach();
        assert!(BRIDGE.attach(BRIDGE.abi() ^ 1).is_none());
        assert!(answers(&isolate));
    });
}
