//! What is shown on standard error while something takes long; nothing where that is not a terminal, or where the log
//! tells the same.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use crate::log::is_verbose;

/// A line that says what is being done, until it is dropped.
pub fn spinner(message: &'static str) -> ProgressBar {
    let spinner = shown(ProgressBar::new_spinner()).with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// A bar over `length` steps, until it is dropped.
pub fn bar(length: u64, message: &'static str) -> ProgressBar {
    let bar = shown(ProgressBar::new(length)).with_message(message);
    // The template is constant; were it wrong, the default would do.
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} %  {eta}") {
        bar.set_style(style);
    }
    bar
}

fn shown(bar: ProgressBar) -> ProgressBar {
    if is_verbose() {
        return ProgressBar::hidden();
    }
    bar.with_finish(ProgressFinish::AndClear)
}
