//! Where calls run: commands one after the other on one thread, what takes its time on another.
//!
//! `flutter_rust_bridge` would start a thread for every processor twice over, and run commands in any order. Here a command that
//! Dart gives after another takes effect after it. The code generator looks for the handler in this folder.

use crate::threads::{BridgeRuntime, CommandThread};
use flutter_rust_bridge::for_generated::{NoOpErrorListener, SimpleExecutor, SimpleHandler};
use std::sync::LazyLock;

/// Runs what Dart calls.
pub type BridgeHandler =
    SimpleHandler<SimpleExecutor<NoOpErrorListener, CommandThread, BridgeRuntime>, NoOpErrorListener>;

/// The one that generated code uses. Its threads start with the first call, and stay as long as the process.
pub static FLUTTER_RUST_BRIDGE_HANDLER: LazyLock<BridgeHandler> = LazyLock::new(|| {
    let executor = SimpleExecutor::new(
        NoOpErrorListener,
        CommandThread::default(),
        BridgeRuntime::default(),
    );
    SimpleHandler::new(executor, NoOpErrorListener)
});
