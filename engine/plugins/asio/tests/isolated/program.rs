//! The program, as a person meets it who types its name.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::rig::{DEVICE, program};
use crate::timed_output::TestSystem;

fn run(arguments: &[&str], system: &TestSystem) -> Output {
    let mut command = Command::new(program());
    system
        .give_to(command.args(arguments))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn called_by_hand_it_says_what_it_is() {
    let system = TestSystem::create("called_by_hand", &[("default", DEVICE)]);
    let says = |arguments: &[&str]| {
        let output = run(arguments, &system);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(says(&[]).contains("--list"));
    assert!(says(&["--help"]).contains("--list"));
    assert_eq!(
        says(&["--version"]).trim(),
        concat!("utter-asio-host ", env!("CARGO_PKG_VERSION"))
    );
    let list = says(&["--list"]);
    assert!(
        list.contains("alsa:default") && list.contains("(default)"),
        "{list}"
    );
    assert!(list.contains("2 channels at 48000 Hz"), "{list}");
    system.remove();
}

#[test]
fn it_ends_with_its_input_and_at_what_is_no_request() {
    let system = TestSystem::create("it_ends_with_its_input", &[("default", DEVICE)]);
    for input in [&b""[..], b"GET / HTTP/1.1\r\n\r\n"] {
        let mut command = Command::new(program());
        command.args(["--serve", &std::process::id().to_string()]);
        // Standard input is a socket, as the plugin has it.
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let command = system
            .give_to(&mut command)
            .stdin(std::os::fd::OwnedFd::from(theirs));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ours = ours;
        ours.write_all(input).unwrap();
        ours.shutdown(std::net::Shutdown::Write).unwrap();
        let output = child.wait().map(|_| child.wait_with_output().unwrap()).unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty(), "nothing was asked for");
        assert_eq!(output.stderr.is_empty(), input.is_empty(), "{output:?}");
    }
    system.remove();
}

#[test]
fn it_does_not_serve_somebody_who_has_not_started_it() {
    let system = TestSystem::create("it_does_not_serve_somebody", &[("default", DEVICE)]);
    let output = run(&["--serve", "1"], &system);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("gone"),
        "{output:?}"
    );
    system.remove();
}
