//! The compiled library: loading it, and calling its kernels by name with buffers, integers and floats.
//!
//! This is the only file that speaks `tvm-ffi`. A kernel is a packed function whose arguments are DLPack tensors (flat,
//! on the processor) and numbers; it checks types itself and trusts lengths, which [`super::kernels`] checks.

use std::ffi::{CStr, c_void};
use std::path::{Path, PathBuf};
use std::sync::Once;

use thiserror::Error;
use tvm_ffi::tvm_ffi_sys::c_env_api::TVMFFIEnvModRegisterContextSymbol;
use tvm_ffi::tvm_ffi_sys::dlpack::DLTensor;
use tvm_ffi::{AnyView, DLDataType, DLDataTypeCode, DLDevice, DLDeviceType, Function, Module, TensorView};

use super::ffi_version::FfiVersion;
use super::launcher::{allocate_workspace, free_workspace, parallel_launch};
use super::memory::{Element, View};

/// Most arguments a kernel has.
const ARGUMENTS: usize = 24;

/// Most of them that are buffers.
const BUFFERS: usize = 12;

/// What can go wrong between the engine and the compiled library.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The library cannot be loaded.
    #[error("the compiled voice {path} cannot be loaded: {reason}")]
    Load {
        /// The library.
        path: PathBuf,
        /// The loader's words.
        reason: String,
    },
    /// The voice was compiled with a version of TVM's FFI library that the one in this process does not serve: another
    /// major or minor version, or a later patch.
    #[error(
        "the compiled voice {path} was built with TVM FFI {built_with}, and this program runs on {loaded}"
    )]
    FfiVersion {
        /// The compiled library.
        path: PathBuf,
        /// The version of the package that it was built with.
        built_with: String,
        /// The version of the library in this process.
        loaded: String,
    },
    /// The library lacks a kernel that this engine calls.
    #[error("the compiled voice has no kernel `{name}`: {reason}")]
    Missing {
        /// The kernel.
        name: String,
        /// The runtime's words.
        reason: String,
    },
    /// A kernel refused its arguments or failed.
    #[error("the kernel `{name}` failed: {reason}")]
    Failed {
        /// The kernel.
        name: &'static str,
        /// The runtime's words.
        reason: String,
    },
    /// A kernel would read or write outside a buffer: a defect of the engine, caught before the call.
    #[error("the kernel `{name}` would need {needed} elements of `{argument}`, which has {length}")]
    Bounds {
        /// The kernel.
        name: &'static str,
        /// Which of its buffers.
        argument: &'static str,
        /// Elements it would touch.
        needed: usize,
        /// Elements there are.
        length: usize,
    },
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
}

/// One argument of a kernel.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument<'a> {
    Buffer(View<'a>),
    Integer(usize),
    Real(f32),
}

/// A compiled library, loaded.
pub(super) struct Library {
    path: PathBuf,
    module: Module,
}

/// One kernel of it.
pub(super) struct Kernel {
    name: &'static str,
    function: Function,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Library").field(&self.path).finish()
    }
}

impl std::fmt::Debug for Kernel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Kernel").field(&self.name).finish()
    }
}

impl Library {
    /// Loads a library of kernels that was built with the version `built_with` of TVM FFI.
    ///
    /// # Errors
    /// [`RuntimeError::FfiVersion`] before anything is loaded; [`RuntimeError::Load`], with the system loader's words.
    pub(super) fn load(path: &Path, built_with: &str) -> Result<Self, RuntimeError> {
        let loaded = FfiVersion::loaded();
        if !loaded.serves(built_with) {
            return Err(RuntimeError::FfiVersion {
                path: path.to_owned(),
                built_with: built_with.to_owned(),
                loaded: loaded.to_string(),
            });
        }
        register_services();
        let failed = |reason: String| RuntimeError::Load {
            path: path.to_owned(),
            reason,
        };
        let name = path
            .to_str()
            .ok_or_else(|| failed("its path is not UTF-8".into()))?;
        let module = open(name).map_err(|error| failed(error.message().to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            module,
        })
    }

    /// Looks a kernel up.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`].
    pub(super) fn kernel(&self, name: &'static str) -> Result<Kernel, RuntimeError> {
        let function = self
            .module
            .get_function(name)
            .map_err(|error| RuntimeError::Missing {
                name: format!("{name} in {}", self.path.display()),
                reason: error.message().to_owned(),
            })?;
        Ok(Kernel { name, function })
    }
}

/// Opens a shared library as a module, whatever its name ends in: `Module::load_from_file` goes by the ending, and in a framework of
/// Apple's there is none.
fn open(path: &str) -> tvm_ffi::Result<Module> {
    let loader = Function::get_global("ffi.Module.load_from_file.so")?;
    let arguments = (tvm_ffi::String::from(path), tvm_ffi::String::from("so"));
    loader.call_tuple_with_len::<2, _>(arguments)?.try_into()
}

impl Kernel {
    /// Its name, for errors.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Calls it.
    ///
    /// # Errors
    /// [`RuntimeError::Failed`], when the kernel finds an argument of the wrong type.
    ///
    /// # Safety
    /// Every buffer is as long as the kernel will touch it with these numbers, no reference of Rust's is held to what it
    /// writes, and buffers overlap only where the kernel's definition allows it.
    pub(super) unsafe fn call(&self, arguments: &[Argument<'_>]) -> Result<(), RuntimeError> {
        let mut shapes = [[0_i64; 1]; BUFFERS];
        let mut tensors: [DLTensor; BUFFERS] = std::array::from_fn(|_| empty_tensor());
        let mut views = 0;
        for argument in arguments {
            if let Argument::Buffer(view) = argument {
                shapes[views][0] = view.length as i64;
                tensors[views].data = view.start.as_ptr().cast();
                tensors[views].dtype = data_type(view.element);
                tensors[views].shape = shapes[views].as_mut_ptr();
                tensors[views].strides = UNIT_STRIDE.0.as_ptr().cast_mut();
                views += 1;
            }
        }
        // SAFETY: `tensors` and what they point to live until the end of this function, past the call.
        let tensor_views: [TensorView; BUFFERS] =
            std::array::from_fn(|i| unsafe { TensorView::from_raw(&raw const tensors[i]) });
        let mut packed = [AnyView::new(); ARGUMENTS];
        let mut numbers = [(0_i64, 0_f64); ARGUMENTS];
        for (number, argument) in numbers.iter_mut().zip(arguments) {
            match *argument {
                Argument::Integer(value) => number.0 = value as i64,
                Argument::Real(value) => number.1 = f64::from(value),
                Argument::Buffer(_) => {}
            }
        }
        let mut buffers = tensor_views.iter();
        for ((place, number), argument) in packed.iter_mut().zip(&numbers).zip(arguments) {
            *place = match argument {
                Argument::Integer(_) => AnyView::from(&number.0),
                Argument::Real(_) => AnyView::from(&number.1),
                Argument::Buffer(_) => match buffers.next() {
                    Some(view) => AnyView::from(view),
                    None => AnyView::new(), // more buffers than BUFFERS: the kernel refuses the null
                },
            };
        }
        match self.function.call_packed(&packed[..arguments.len()]) {
            Ok(_) => Ok(()),
            Err(error) => Err(RuntimeError::Failed {
                name: self.name,
                reason: error.message().to_owned(),
            }),
        }
    }
}

struct Strides([i64; 1]);
static UNIT_STRIDE: Strides = Strides([1]);

fn empty_tensor() -> DLTensor {
    DLTensor {
        data: std::ptr::null_mut(),
        device: DLDevice::new(DLDeviceType::kDLCPU, 0),
        ndim: 1,
        dtype: data_type(Element::Float),
        shape: std::ptr::null_mut(),
        strides: std::ptr::null_mut(),
        byte_offset: 0,
    }
}

fn data_type(element: Element) -> DLDataType {
    match element {
        Element::Float => DLDataType::new(DLDataTypeCode::kDLFloat, 32, 1),
        Element::Byte => DLDataType::new(DLDataTypeCode::kDLInt, 8, 1),
    }
}

/// Tells `libtvm_ffi` where compiled libraries find parallel loops and scratch memory. Once a process; a library takes
/// the addresses when it is loaded.
fn register_services() {
    static ONCE: Once = Once::new();
    let services: [(&CStr, *mut c_void); 3] = [
        (c"__TVMBackendParallelLaunch", parallel_launch as *mut c_void),
        (c"__TVMBackendAllocWorkspace", allocate_workspace as *mut c_void),
        (c"__TVMBackendFreeWorkspace", free_workspace as *mut c_void),
    ];
    ONCE.call_once(|| {
        for (name, function) in services {
            // SAFETY: the name is a C string that lives for ever, the function has the signature of that service.
            unsafe { TVMFFIEnvModRegisterContextSymbol(name.as_ptr(), function) };
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::VoiceError;

    #[test]
    fn another_ffi_version_is_refused_before_anything_is_loaded() {
        let nowhere = Path::new("/nowhere/libkokoro.so");
        let error = VoiceError::from(Library::load(nowhere, "9.0.0").unwrap_err());
        let message = error.to_string();
        assert!(
            message.contains("TVM FFI 9.0.0") && message.contains(&FfiVersion::loaded().to_string()),
            "{message}"
        );
        assert!(error.hint().contains("make voice"), "{}", error.hint());
    }

    #[test]
    fn a_library_that_is_not_there_is_named() {
        let nowhere = Path::new("/nowhere/libkokoro.so");
        let error = Library::load(nowhere, &FfiVersion::loaded().to_string()).unwrap_err();
        assert!(
            matches!(&error, RuntimeError::Load { path, .. } if path == nowhere),
            "{error}"
        );
    }
}
