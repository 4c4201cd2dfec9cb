//! What can go wrong, as Dart sees it: one reason to be matched on, and for a person a message and what helps.

/// The kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorReason {
    /// There is no runtime in this process: none was started, or it was shut down.
    NotInitialised,
    /// There is one, with another configuration.
    OtherConfiguration,
    /// It is being shut down.
    ShuttingDown,
    /// The client was disposed of or evicted, or is of before the last hot restart.
    StaleClient,
    /// There is no built voice.
    MissingArtifacts,
    /// There is one, which is damaged or not for this engine or processor.
    DamagedArtifacts,
    /// There is no such device to compute on.
    InvalidDevice,
    /// There is no such voice.
    InvalidVoice,
    /// What was asked for makes no sense.
    InvalidInput,
    /// Too much waits already.
    QueueFull,
    /// No output, or it fails.
    Output,
    /// A file cannot be read or written.
    File,
    /// A plugin fails.
    Plugin,
    /// The compiled model or TVM fails.
    Tvm,
    /// The system gives no threads or memory.
    System,
    /// It was stopped before it was done.
    Cancelled,
    /// A mistake in Utter.
    Internal,
}

/// Why something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeError {
    /// Its kind, to be matched on.
    pub reason: ErrorReason,
    /// What happened, for a person.
    pub message: String,
    /// What that person can do.
    pub hint: String,
}
