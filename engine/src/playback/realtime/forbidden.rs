//! That clippy forbids in this module what `clippy.toml` lists.
//!
//! Everything here is against the rules and says that it expects to be caught. What clippy would let pass would leave an
//! expectation unfulfilled, which `make lint` denies. Nothing of it is called, nor compiled outside of tests.
#![allow(dead_code, reason = "to be looked at by clippy")]

macro_rules! types {
    ($($name:ident = $type:ty;)*) => {$(
        #[expect(clippy::disallowed_types)]
        type $name = $type;
    )*};
}

types! {
    Lock = std::sync::Mutex<u32>;
    ReadLock = std::sync::RwLock<u32>;
    Wait = std::sync::Condvar;
    Begin = std::sync::Once;
    BeginCell = std::sync::OnceLock<u32>;
    Lazy = std::sync::LazyLock<u32>;
    Meet = std::sync::Barrier;
    ParkingLotLock = parking_lot::Mutex<u32>;
    ParkingLotReadLock = parking_lot::RwLock<u32>;
    ParkingLotWait = parking_lot::Condvar;
    ParkingLotBegin = parking_lot::Once;
    Channel = std::sync::mpsc::Sender<u32>;
    BoundedChannel = std::sync::mpsc::SyncSender<u32>;
    ChannelEnd = std::sync::mpsc::Receiver<u32>;
    Thread = std::thread::JoinHandle<u32>;
    Pointer = Box<u32>;
    Counted = std::rc::Rc<u32>;
    List = Vec<u32>;
    Queue = std::collections::VecDeque<u32>;
    Linked = std::collections::LinkedList<u32>;
    Heap = std::collections::BinaryHeap<u32>;
    Map = std::collections::HashMap<u32, u32>;
    Set = std::collections::HashSet<u32>;
    Tree = std::collections::BTreeMap<u32, u32>;
    TreeSet = std::collections::BTreeSet<u32>;
    Text = String;
    CText = std::ffi::CString;
    OsText = std::ffi::OsString;
    Path = std::path::PathBuf;
    File = std::fs::File;
    Connection = std::net::TcpStream;
    Socket = std::net::UdpSocket;
    Program = std::process::Command;
    Date = std::time::SystemTime;
}

macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) $lint:ident $call:expr;)*) => {$(
        #[expect(clippy::$lint)]
        fn $name($($argument: $type),*) {
            let _ = $call;
        }
    )*};
}

calls! {
    ring() disallowed_methods rtrb::RingBuffer::<u32>::new(1);
    counted() disallowed_methods std::sync::Arc::new(1);
    last(it: std::sync::Arc<u32>) disallowed_methods std::sync::Arc::try_unwrap(it);
    own(it: &str) disallowed_methods it.to_owned();
    copy(it: &[u32]) disallowed_methods it.to_vec();
    text(it: u32) disallowed_methods it.to_string();
    gather(it: std::ops::Range<u32>) disallowed_methods it.map(|_| ()).collect::<()>();
    variable() disallowed_methods std::env::var("PATH");
    os_variable() disallowed_methods std::env::var_os("PATH");
    read() disallowed_methods std::fs::read("");
    read_text() disallowed_methods std::fs::read_to_string("");
    write() disallowed_methods std::fs::write("", "");
    input() disallowed_methods std::io::stdin();
    output() disallowed_methods std::io::stdout();
    errors() disallowed_methods std::io::stderr();
    abort() disallowed_methods std::process::abort;
    exit() disallowed_methods std::process::exit;
    thread() disallowed_methods std::thread::current();
    park() disallowed_methods std::thread::park();
    park_for() disallowed_methods std::thread::park_timeout(std::time::Duration::ZERO);
    sleep() disallowed_methods std::thread::sleep(std::time::Duration::ZERO);
    spawn() disallowed_methods std::thread::spawn(|| ());
    turn_over() disallowed_methods std::thread::yield_now();
}

#[expect(clippy::disallowed_macros)]
fn debug_print() {
    let _ = dbg!(1);
}

#[expect(clippy::disallowed_macros)]
fn print_part() {
    print!("");
}

#[expect(clippy::disallowed_macros)]
fn print_line() {
    println!();
}

#[expect(clippy::disallowed_macros)]
fn print_error() {
    eprint!("");
}

#[expect(clippy::disallowed_macros)]
fn print_error_line() {
    eprintln!();
}

#[expect(clippy::disallowed_macros)]
fn formatted() {
    let _ = format!("{}", 1);
}

#[expect(clippy::disallowed_macros)]
#[allow(clippy::disallowed_types, reason = "it is made of one")]
fn listed() {
    let _ = vec![1];
}

#[expect(clippy::disallowed_types)]
fn log() {
    tracing::error!("");
}

#[expect(clippy::disallowed_types)]
fn log_event() {
    tracing::event!(tracing::Level::INFO, "");
}

#[expect(clippy::disallowed_types)]
fn log_span() {
    let _ = tracing::span!(tracing::Level::INFO, "");
}

#[expect(clippy::disallowed_types)]
fn of_a_thread() {
    thread_local! {
        static VALUE: u32 = const { 1 };
    }
}
