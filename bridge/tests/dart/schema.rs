//! The interface, read from its sources: functions, structures and enums of `src/api/`, and the numbers that generated code gives
//! to functions.
//!
//! So every function can be called by its name and every answer read without a line for each, and what is not allowed to cross is
//! found here: a type that is not listed in [`Type`] is none that the interface may have.

use std::collections::BTreeMap;
use syn::{FnArg, GenericArgument, Item, Pat, PathArguments, ReturnType};

const SOURCES: [&str; 9] = [
    include_str!("../../src/api/error.rs"),
    include_str!("../../src/api/player.rs"),
    include_str!("../../src/api/player_events.rs"),
    include_str!("../../src/api/plugins.rs"),
    include_str!("../../src/api/requests.rs"),
    include_str!("../../src/api/runtime.rs"),
    include_str!("../../src/api/runtime_events.rs"),
    include_str!("../../src/api/settings.rs"),
    include_str!("../../src/api/status.rs"),
];

const GENERATED: &str = include_str!("../../src/frb_generated.rs");

/// What may cross.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Unit,
    Bool,
    I32,
    U32,
    I64,
    F64,
    Text,
    Option(Box<Type>),
    List(Box<Type>),
    Sink(Box<Type>),
    /// A structure or an enum.
    Named(String),
}

/// A function that Dart calls.
#[derive(Debug, Clone)]
pub struct Function {
    pub number: i32,
    /// Whether it answers on the caller's thread.
    pub is_sync: bool,
    pub arguments: Vec<(String, Type)>,
    pub result: Type,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Schema {
    pub functions: BTreeMap<String, Function>,
    /// Fields in order.
    pub structures: BTreeMap<String, Vec<(String, Type)>>,
    /// Variants in order.
    pub enums: BTreeMap<String, Vec<String>>,
}

impl Schema {
    pub fn read() -> Self {
        let mut schema = Self::default();
        for source in SOURCES {
            for item in syn::parse_file(source).expect("it compiles").items {
                schema.add(item);
            }
        }
        schema
    }

    fn add(&mut self, item: Item) {
        match item {
            Item::Struct(item) => {
                let fields = item.fields.iter().map(|field| {
                    let name = field.ident.as_ref().expect("structures have named fields");
                    (name.to_string(), type_of(&field.ty))
                });
                self.structures.insert(item.ident.to_string(), fields.collect());
            }
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| {
                    assert!(
                        variant.fields.is_empty(),
                        "{} has data, which needs freezed",
                        item.ident
                    );
                    variant.ident.to_string()
                });
                self.enums.insert(item.ident.to_string(), variants.collect());
            }
            Item::Fn(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                let name = item.sig.ident.to_string();
                let (number, is_sync) = number_of(&name);
                let function = Function {
                    number,
                    is_sync,
                    arguments: item.sig.inputs.iter().map(argument_of).collect(),
                    result: result_of(&item.sig.output),
                };
                self.functions.insert(name, function);
            }
            _ => {}
        }
    }
}

/// The number of a function, and whether it is called on the caller's thread: from the lines that dispatch calls.
fn number_of(name: &str) -> (i32, bool) {
    let ending = format!("__{name}_impl(");
    let line = GENERATED
        .lines()
        .find(|line| line.contains(" => wire__") && line.contains(&ending))
        .unwrap_or_else(|| panic!("{name} is not generated: run `make bridge`"));
    let (number, call) = line.trim().split_once(" => ").expect("a number before the arrow");
    let is_sync = !call
        .split_once(&ending)
        .expect("it was found")
        .1
        .starts_with("port");
    (number.parse().expect("a number"), is_sync)
}

fn argument_of(argument: &FnArg) -> (String, Type) {
    let FnArg::Typed(argument) = argument else {
        panic!("a method: handles are numbers here")
    };
    let Pat::Ident(name) = &*argument.pat else {
        panic!("arguments have names")
    };
    (name.ident.to_string(), type_of(&argument.ty))
}

fn result_of(output: &ReturnType) -> Type {
    let ReturnType::Type(_, declared) = output else {
        return Type::Unit;
    };
    match generic(declared) {
        ("Result", inner) => {
            assert_eq!(
                type_of(inner[1]),
                Type::Named("BridgeError".into()),
                "errors are structures"
            );
            type_of(inner[0])
        }
        _ => type_of(declared),
    }
}

/// The type, which must be one that may cross.
pub fn type_of(declared: &syn::Type) -> Type {
    if matches!(declared, syn::Type::Tuple(tuple) if tuple.elems.is_empty()) {
        return Type::Unit;
    }
    let (name, inner) = generic(declared);
    let of = |place: usize| Box::new(type_of(inner[place]));
    match name {
        "bool" => Type::Bool,
        "i32" => Type::I32,
        "u32" => Type::U32,
        "i64" => Type::I64,
        "f64" => Type::F64,
        "String" => Type::Text,
        "Option" => Type::Option(of(0)),
        "StreamSink" => Type::Sink(of(0)),
        "Vec" => {
            let element = of(0);
            let is_no_audio = matches!(*element, Type::Text | Type::Named(_));
            assert!(
                is_no_audio,
                "a list of {element:?} could be audio, which does not cross"
            );
            Type::List(element)
        }
        _ if name.starts_with(char::is_uppercase) && inner.is_empty() => Type::Named(name.to_owned()),
        _ => panic!("{name} may not cross"),
    }
}

/// The last part of a path, and what it is generic over.
fn generic(declared: &syn::Type) -> (&'static str, Vec<&syn::Type>) {
    let syn::Type::Path(path) = declared else {
        panic!("only plain types may cross")
    };
    let last = path.path.segments.last().expect("a path has a part");
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => {
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(inner) => Some(inner),
                _ => None,
            });
            types.collect()
        }
        _ => Vec::new(),
    };
    // A few dozen names, for the time of a test.
    (Box::leak(last.ident.to_string().into_boxed_str()), inner)
}
