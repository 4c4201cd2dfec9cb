//! What [`export_output!`](crate::export_output) needs: the functions of the ABI over the traits of the SDK.

mod calls;
mod guard;
mod instance;
mod target;

pub use calls::{descriptor, entry, outputs};

use crate::output::OutputPlugin;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a library keeps its plugin from `init` to `deinit`.
pub struct Slot<P>(Mutex<Option<Arc<P>>>);

impl<P> Slot<P> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The plugin, if it was started.
    fn plugin(&self) -> Option<Arc<P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts the plugin there, or nothing, and gives what was there.
    fn put(&self, plugin: Option<Arc<P>>) -> Option<Arc<P>> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut place, plugin)
    }
}

impl<P> Default for Slot<P> {
    fn default() -> Self {
        Self::new()
    }
}

/// A plugin that a library exports. The macro implements it.
pub trait Exported: OutputPlugin {
    /// The library's only slot for it.
    fn slot() -> &'static Slot<Self>;
}

/// Makes a library's plugin of a type that implements [`OutputPlugin`]. Once a library, in a crate of the type `cdylib`.
#[macro_export]
macro_rules! export_output {
    ($plugin:ty) => {
        const _: () = {
            static SLOT: $crate::export::Slot<$plugin> = $crate::export::Slot::new();

            impl $crate::export::Exported for $plugin {
                fn slot() -> &'static $crate::export::Slot<Self> {
                    &SLOT
                }
            }

            static DESCRIPTOR: $crate::abi::RawDescriptor = $crate::export::descriptor::<$plugin>();
            static OUTPUTS: $crate::abi::OutputTable = $crate::export::outputs::<$plugin>();

            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals)]
            pub static utter_plugin_entry: $crate::abi::PluginEntry =
                $crate::export::entry::<$plugin>(&DESCRIPTOR, &OUTPUTS);
        };
    };
}
