//! An isolate: attaches as generated Dart does, calls, follows streams, and dies without a word.

use super::library::{Answer, BRIDGE, Gone};
use super::schema::Type;
use super::vm::{Held, Port};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

/// The functions that were called in this process.
pub static CALLED: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// An isolate that lives.
pub struct Isolate {
    finalizers: Vec<Gone>,
}

/// What the VM runs when an isolate is gone, as late as it likes.
pub struct Finalizers(Vec<Gone>);

/// A call that was begun.
pub struct Call {
    port: Port,
    result: Type,
}

/// A stream of events.
pub struct Stream {
    port: Port,
    event: Type,
}

impl Isolate {
    /// Attaches: the bridge's own step, and those of generated code.
    pub fn attach() -> Self {
        let gone = BRIDGE.attach(BRIDGE.abi()).expect("it is the same interface");
        let mut isolate = Self {
            finalizers: vec![gone],
        };
        isolate.begin();
        isolate
    }

    /// Only the steps of generated code.
    pub fn attach_as_generated() -> Self {
        let mut isolate = Self {
            finalizers: Vec::new(),
        };
        isolate.begin();
        isolate
    }

    /// One that has attached, and has these finalizers.
    pub fn of(finalizers: Vec<Gone>) -> Self {
        Self { finalizers }
    }

    fn begin(&mut self) {
        BRIDGE.store_post();
        self.finalizers.push(BRIDGE.shutdown_callback());
    }

    /// The runtime, with `settings` in place of the defaults.
    pub fn init(&self, settings: Value) -> Result<Value, Value> {
        self.call(
            "runtime_init",
            json!({"settings": with(default_settings(), settings)}),
        )
    }

    /// Begins a call.
    pub fn start(&self, name: &str, arguments: Value) -> Call {
        CALLED.lock().unwrap().insert(name.to_owned());
        let function = BRIDGE.function(name);
        assert!(!function.is_sync, "{name} answers at once");
        let port = Port::open();
        BRIDGE.start(
            function.number,
            port.number,
            &BRIDGE.arguments(function, &arguments),
        );
        let result = function.result.clone();
        Call { port, result }
    }

    /// Calls, and waits for the answer.
    pub fn call(&self, name: &str, arguments: Value) -> Result<Value, Value> {
        if !BRIDGE.function(name).is_sync {
            return self.start(name, arguments).answer();
        }
        CALLED.lock().unwrap().insert(name.to_owned());
        let function = BRIDGE.function(name);
        let bytes = BRIDGE.call_sync(function.number, &BRIDGE.arguments(function, &arguments));
        result_of(BRIDGE.answer(&function.result, &bytes))
    }

    /// Calls, and expects no error.
    pub fn ask(&self, name: &str, arguments: Value) -> Value {
        self.call(name, arguments)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Follows a stream.
    pub fn follow(&self, name: &str, mut arguments: Value) -> Result<Stream, Value> {
        let function = BRIDGE.function(name);
        let (_, Type::Sink(event)) = function.arguments.last().expect("a sink").clone() else {
            panic!("{name} gives no stream")
        };
        let port = Port::open();
        arguments["sink"] = json!(port.number.to_string());
        self.call(name, arguments)?;
        Ok(Stream { port, event: *event })
    }

    /// A client, and what it is told.
    pub fn client(&self, name: &str) -> (Value, Stream) {
        let volume = json!({"level": 1.0, "is_muted": false, "balance": 0.0});
        let client = self.ask("player_create_client", json!({"name": name, "volume": volume}));
        let events = self.follow("player_events", json!({"handle": client}));
        (client, events.expect("the client is attached"))
    }

    /// Says something with the voice's defaults, and gives the utterance's number.
    pub fn speak(&self, client: &Value, text: &str, how: Value) -> i64 {
        let request = request(text, how);
        let number = self.ask("player_speak", json!({"handle": client, "request": request}));
        number.as_i64().expect("a number")
    }

    /// The isolate ends; its ports close when they are dropped. What the VM still has to run is given.
    pub fn die(self) -> Finalizers {
        Finalizers(self.finalizers)
    }
}

impl Finalizers {
    pub fn run(self) {
        for gone in self.0 {
            // SAFETY: each is called once.
            unsafe { gone(std::ptr::null_mut()) };
        }
    }
}

impl Call {
    pub fn answer(self) -> Result<Value, Value> {
        result_of(BRIDGE.answer(&self.result, &self.port.receive()))
    }

    /// The answer, if it comes in time.
    pub fn answer_within(&self, timeout: Duration) -> Option<Result<Value, Value>> {
        let bytes = self.port.receive_within(timeout)?;
        Some(result_of(BRIDGE.answer(&self.result, &bytes)))
    }
}

impl Stream {
    /// The next event; none if the stream is over.
    pub fn next(&self) -> Option<Value> {
        self.read(&self.port.receive())
    }

    fn read(&self, bytes: &[u8]) -> Option<Value> {
        match BRIDGE.answer(&self.event, bytes) {
            Answer::Value(event) => Some(event),
            Answer::Closed => None,
            other => panic!("an event of {other:?}"),
        }
    }

    /// Events up to the first of this kind, that one included.
    pub fn until(&self, kind: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let event = self
                .next()
                .unwrap_or_else(|| panic!("over before {kind}, after {events:#?}"));
            let is_it = event["kind"] == kind;
            events.push(event);
            if is_it {
                return events;
            }
        }
    }

    /// All events until the stream is over.
    pub fn rest(&self) -> Vec<Value> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// While what this gives lives, nothing can be posted to it.
    pub fn hold(&self) -> Held {
        Held::new(self.port.number)
    }

    /// Nobody reads it any more.
    pub fn close(&self) {
        self.port.close();
    }

    /// How often something was posted to it in vain.
    pub fn refused(&self) -> usize {
        self.port.refused()
    }
}

fn result_of(answer: Answer) -> Result<Value, Value> {
    match answer {
        Answer::Value(value) => Ok(value),
        Answer::Error(error) => Err(error),
        Answer::Panic(message) => panic!("a panic has crossed: {message}"),
        Answer::Closed => panic!("a stream's end is no answer"),
    }
}

/// Settings with nothing said, but that there are no plugins: who runs the tests may have some.
fn default_settings() -> Value {
    let nowhere = concat!(env!("CARGO_TARGET_TMPDIR"), "/no-plugins");
    json!({"voice_files": [], "espeak": false, "outputs": "Devices", "plugins": nowhere})
}

/// A request with nothing said but the text.
pub fn request(text: &str, how: Value) -> Value {
    let plain = json!({
        "text": text, "kind": "Markdown", "name_emoji": false, "is_lenient": false, "replaces": false,
        "tells_phonemes": false, "encoding": "Pcm16",
    });
    with(plain, how)
}

/// The fields of both; those of `more` win.
pub fn with(mut fields: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("fields are given by name")
    };
    for (name, value) in more {
        fields[name] = value;
    }
    fields
}
