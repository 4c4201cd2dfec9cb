//! The compiled library, as Dart has it: opened by its path, called by its exported symbols.

use super::codec::{Reader, write};
use super::schema::{Function, Schema, Type};
use super::vm;
use allo_isolate::ffi::{DartPort, DartPostCObjectFnType};
use serde_json::Value;
use std::ffi::{CStr, c_char, c_void};
use std::path::PathBuf;
use std::sync::LazyLock;

/// What is called when an isolate is gone.
pub type Gone = unsafe extern "C" fn(*mut c_void);

#[repr(C)]
struct SyncAnswer {
    start: *mut u8,
    length: i32,
}

/// What Rust answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Value(Value),
    Error(Value),
    /// The stream is over.
    Closed,
    Panic(String),
}

/// The library and its interface.
pub struct Bridge {
    library: libloading::Library,
    pub schema: Schema,
}

/// The one of this process.
pub static BRIDGE: LazyLock<Bridge> = LazyLock::new(|| {
    // SAFETY: what runs when it is loaded is our own.
    let library = unsafe { libloading::Library::new(path()) };
    Bridge {
        library: library.expect("the library is built with its tests"),
        schema: Schema::read(),
    }
});

/// Where cargo puts the library: beside the tests.
pub fn path() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let name = libloading::library_filename("utter_bridge");
    test.with_file_name(name)
}

impl Bridge {
    fn symbol<F: Copy>(&self, name: &str) -> F {
        // SAFETY: every caller gives the type that the library's sources have.
        let symbol = unsafe { self.library.get::<F>(name.as_bytes()) };
        *symbol.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn abi(&self) -> i64 {
        let abi = self.symbol::<extern "C" fn() -> i64>("utter_bridge_abi");
        abi()
    }

    pub fn version(&self) -> String {
        let version = self.symbol::<extern "C" fn() -> *const c_char>("utter_bridge_version");
        // SAFETY: a string of C that is always there.
        unsafe { CStr::from_ptr(version()) }
            .to_string_lossy()
            .into_owned()
    }

    /// The bridge's own step of an isolate's start.
    pub fn attach(&self, abi: i64) -> Option<Gone> {
        type Attach = unsafe extern "C" fn(i64, DartPostCObjectFnType) -> Option<Gone>;
        let attach = self.symbol::<Attach>("utter_bridge_attach");
        // SAFETY: our VM stays.
        unsafe { attach(abi, vm::post) }
    }

    /// The first step of flutter_rust_bridge's.
    pub fn store_post(&self) {
        type Store = unsafe extern "C" fn(DartPostCObjectFnType);
        let store = self.symbol::<Store>("store_dart_post_cobject");
        // SAFETY: our VM stays.
        unsafe { store(vm::post) }
    }

    /// The second.
    pub fn shutdown_callback(&self) -> Gone {
        self.symbol::<extern "C" fn() -> Gone>("frb_create_shutdown_callback")()
    }

    pub fn content_hash(&self) -> i32 {
        self.symbol::<extern "C" fn() -> i32>("frb_get_rust_content_hash")()
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> &Function {
        let function = self.schema.functions.get(name);
        function.unwrap_or_else(|| panic!("there is no function {name}"))
    }

    /// The arguments of a call, by their names; those that are left out are null.
    pub fn arguments(&self, function: &Function, given: &Value) -> Vec<u8> {
        let given = given.as_object().expect("arguments by name");
        for key in given.keys() {
            assert!(
                function.arguments.iter().any(|(name, _)| name == key),
                "there is no argument {key}"
            );
        }
        let mut bytes = Vec::new();
        for (name, kind) in &function.arguments {
            write(
                &self.schema,
                kind,
                given.get(name).unwrap_or(&Value::Null),
                &mut bytes,
            );
        }
        bytes
    }

    /// Bytes that belong to Rust from now on: where they are, how many were reserved, how many they are.
    fn hand_over(&self, bytes: &[u8]) -> (*mut u8, i32, i32) {
        let reserved = bytes.len().max(1) as i32;
        let start = self.symbol::<extern "C" fn(i32) -> *mut u8>("frb_rust_vec_u8_new")(reserved);
        // SAFETY: so many bytes were reserved there.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len()) };
        (start, reserved, bytes.len() as i32)
    }

    /// Begins a call that answers on `port`.
    pub fn start(&self, number: i32, port: DartPort, arguments: &[u8]) {
        type Dispatch = unsafe extern "C" fn(i32, DartPort, *mut u8, i32, i32);
        let (start, reserved, length) = self.hand_over(arguments);
        let dispatch = self.symbol::<Dispatch>("frb_pde_ffi_dispatcher_primary");
        // SAFETY: the arguments were handed over.
        unsafe { dispatch(number, port, start, reserved, length) }
    }

    /// A call that answers on this thread.
    pub fn call_sync(&self, number: i32, arguments: &[u8]) -> Vec<u8> {
        type Dispatch = unsafe extern "C" fn(i32, *mut u8, i32, i32) -> SyncAnswer;
        let (start, reserved, length) = self.hand_over(arguments);
        let dispatch = self.symbol::<Dispatch>("frb_pde_ffi_dispatcher_sync");
        // SAFETY: the arguments were handed over.
        let answer = unsafe { dispatch(number, start, reserved, length) };
        // SAFETY: so many bytes are there.
        let bytes = unsafe { std::slice::from_raw_parts(answer.start, answer.length as usize) }.to_vec();
        let free = self.symbol::<unsafe extern "C" fn(SyncAnswer)>("frb_free_wire_sync_rust2dart_sse");
        // SAFETY: it is freed once, and was copied.
        unsafe { free(answer) };
        bytes
    }

    /// An answer, or an event, of type `kind`.
    pub fn answer(&self, kind: &Type, bytes: &[u8]) -> Answer {
        let (first, rest) = bytes.split_first().expect("an answer has a first byte");
        let mut reader = Reader::new(rest);
        let answer = match first {
            0 => Answer::Value(reader.read(&self.schema, kind)),
            1 => Answer::Error(reader.read(&self.schema, &Type::Named("BridgeError".into()))),
            2 => Answer::Closed,
            3 => Answer::Panic(reader.text()),
            other => panic!("{other} is no answer"),
        };
        reader.end();
        answer
    }
}
