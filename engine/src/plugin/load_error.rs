//! Why a plugin could not be loaded, or used.

use utter_plugin::FailureCode;

/// Why a plugin could not be loaded, or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The system refuses its library.
    #[error("the system does not load it: {0}")]
    Library(String),
    /// It is made for another version of the interface.
    #[error("it is made for version {plugin} of the plugin interface, and this is {host}")]
    Abi {
        /// The plugin's.
        plugin: u32,
        /// Ours.
        host: u32,
    },
    /// What it exports is not as it must be.
    #[error("{0}")]
    Entry(&'static str),
    /// Its library is another plugin than its `plugin.json` says.
    #[error("its library is {found}, and not {expected}")]
    AnotherPlugin {
        /// What `plugin.json` says.
        expected: String,
        /// What the library says.
        found: String,
    },
    /// It does not start here.
    #[error("it does not start: {reason}")]
    Start {
        /// The kind.
        code: FailureCode,
        /// What it says.
        reason: String,
    },
    /// It takes too long to do something; it is left behind with it.
    #[error("it takes too long to {0}")]
    Late(&'static str),
    /// The system gives no thread.
    #[error("no thread for it: {0}")]
    NoThread(String),
    /// It is being replaced or removed, and takes nothing new.
    #[error("it is being replaced or removed")]
    Draining,
    /// A call has failed.
    #[error("{what}: {reason}")]
    Failed {
        /// The kind.
        code: FailureCode,
        /// What was asked of it.
        what: &'static str,
        /// What it says.
        reason: String,
    },
}

impl LoadError {
    /// What the person who reads the error can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Library(_) => "see that what it needs is installed, and that it is made for this system",
            Self::Abi { .. } => "install a version of the plugin that fits this one",
            Self::Entry(_) | Self::AnotherPlugin { .. } => {
                "tell the maker of the plugin; another version may work"
            }
            Self::Start { .. } | Self::Failed { .. } => "see what the plugin says, and its documentation",
            Self::Late(_) => "see that its device answers; reload the plugin, or start the program again",
            Self::NoThread(_) => "close other programs",
            Self::Draining => "try again",
        }
    }
}
