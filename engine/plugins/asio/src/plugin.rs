//! The plugin, as its host sees it.

use std::ffi::CStr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use utter_plugin::{
    Descriptor, Failure, FailureCode, FormatRange, Holdings, Host, LogLevel, OutputPlugin, Target,
};

use crate::lease::{Launch, Pool};
use crate::output::AsioOutput;
use crate::protocol::Device;
use crate::shared_ring::{self, Place};

/// Where the program lies, below the plugin's own directory.
const PROGRAM: &str = "bin/utter-asio-host";
/// Set to `file`, rings lie in files, as they do where there is no memory without a name.
const RING_VARIABLE: &str = "UTTER_ASIO_RING";
/// The package's version, as text of C.
const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};
/// How long listing may take. The ABI gives it 5 s, of which ending the process needs some.
const LIST: Duration = Duration::from_secs(4);

/// The plugin. All instances share its processes.
pub struct AsioPlugin {
    shared: Arc<Shared>,
}

/// What the plugin and its instances share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pool: Arc<Pool>,
    pub(crate) place: Place,
    pub(crate) rings: AtomicU32,
    epochs: AtomicU64,
}

impl Shared {
    /// The number of the next ring.
    pub(crate) fn next_epoch(&self) -> u64 {
        self.epochs.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl AsioPlugin {
    /// A plugin whose program is started in this way, and whose rings lie in this place.
    ///
    /// # Errors
    ///
    /// If the system starts no thread.
    pub fn with(launch: Launch, place: Place) -> Result<Self, Failure> {
        let swept = match &place {
            Place::Directory(directory) => shared_ring::sweep(directory),
            #[cfg(target_os = "linux")]
            Place::Anonymous => shared_ring::sweep(&shared_ring::directory()),
        };
        if swept > 0 {
            (launch.log)(
                LogLevel::Info,
                &format!("{swept} rings of processes that are gone were removed"),
            );
        }
        let pool = Pool::new(launch).map_err(|error| Failure::device(error.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                pool,
                place,
                rings: AtomicU32::new(0),
                epochs: AtomicU64::new(0),
            }),
        })
    }
}

impl OutputPlugin for AsioPlugin {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: c"org.utter.asio",
        name: c"Isolated output (ASIO)",
        vendor: c"Utter",
        version: VERSION,
    };

    type Output = AsioOutput;

    fn start(host: Host, directory: &Path) -> Result<Self, Failure> {
        let program = directory
            .join(PROGRAM)
            .with_extension(std::env::consts::EXE_EXTENSION);
        if !program.is_file() {
            let message = format!("there is no {}; install the plugin again", program.display());
            return Err(Failure::new(FailureCode::NotFound, message));
        }
        let launch = Launch {
            program,
            environment: Vec::new(),
            log: Arc::new(move |level, message| host.log(level, message)),
        };
        Self::with(launch, place())
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let devices = self.shared.pool.devices(Instant::now() + LIST)?;
        Ok(devices.into_iter().filter_map(target).collect())
    }

    fn create(&self, target: &str) -> Result<AsioOutput, Failure> {
        if target.is_empty() {
            return Err(Failure::new(FailureCode::NotFound, "a device has an id"));
        }
        Ok(AsioOutput::new(Arc::clone(&self.shared), target))
    }

    fn holdings(&self) -> Holdings {
        Holdings {
            rings: self.shared.rings.load(Ordering::Relaxed),
            ..self.shared.pool.holdings()
        }
    }

    fn stop(&self) {
        self.shared.pool.stop();
    }
}

fn place() -> Place {
    #[cfg(target_os = "linux")]
    if std::env::var_os(RING_VARIABLE).is_none_or(|value| value != "file") {
        return Place::Anonymous;
    }
    #[cfg(not(target_os = "linux"))]
    let _ = RING_VARIABLE;
    Place::Directory(shared_ring::directory())
}

/// The host's word for a device; `None` for one whose id does not fit.
fn target(device: Device) -> Option<Target> {
    let formats = device.ranges.iter().map(|range| FormatRange {
        channels: range.channels,
        lowest_rate: range.lowest_rate,
        highest_rate: range.highest_rate,
    });
    let fits = (1..256).contains(&device.id.len()) && !device.id.contains('\0');
    let mut name = device.name.replace('\0', " ");
    name.truncate(name.floor_char_boundary(255));
    fits.then(|| Target {
        name: if name.is_empty() { device.id.clone() } else { name },
        is_default: device.is_default,
        formats: formats.take(1024).collect(),
        id: device.id,
    })
}
