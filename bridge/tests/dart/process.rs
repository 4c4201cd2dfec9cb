//! A test that needs the process for itself: there is one VM, one runtime and one library in it.

use std::process::{Command, Output};

/// Set for the child.
const ALONE: &str = "UTTER_TEST_ALONE";

/// Runs `body` in a process of its own. `test` is the name of the calling test function with its module, which must do nothing
/// else.
pub fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let child = again(test);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&child.stdout),
        String::from_utf8_lossy(&child.stderr),
    );
    println!("{stdout}{stderr}");
    assert!(child.status.success(), "the child failed, see above");
    assert!(stdout.contains("1 passed"), "there is no test `{test}`");
}

/// Runs `body` in a process of its own, which it must abort, and gives what that said.
pub fn aborts(test: &str, body: impl FnOnce()) -> Option<String> {
    if std::env::var_os(ALONE).is_some() {
        body();
        return None;
    }
    let child = again(test);
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(child.status.signal(), Some(6), "SIGABRT");
    }
    assert!(!child.status.success());
    Some(String::from_utf8_lossy(&child.stderr).into_owned())
}

fn again(test: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(ALONE, "1");
    command.output().unwrap()
}
