//! Values as they cross: what generated Dart would write and read, from JSON and into it.
//!
//! Native byte order, nothing aligned; texts and lists have their length before them in 32 bits, an option has a byte that says
//! whether it is there, an enum is the place of its variant in 32 bits, and a structure is its fields. Written from the sources of
//! the interface and not by generated code, so that both must agree.

use super::schema::{Schema, Type};
use serde_json::{Map, Value, json};

/// Writes `value`, which must be of type `kind`. Fields that are left out are null.
pub fn write(schema: &Schema, kind: &Type, value: &Value, out: &mut Vec<u8>) {
    match kind {
        Type::Unit => {}
        Type::Bool => out.push(value.as_bool().expect("a bool").into()),
        Type::I32 => out.extend((value.as_i64().expect("a number") as i32).to_ne_bytes()),
        Type::U32 => out.extend((value.as_u64().expect("a number") as u32).to_ne_bytes()),
        Type::I64 => out.extend(value.as_i64().expect("a number").to_ne_bytes()),
        Type::F64 => out.extend(value.as_f64().expect("a number").to_ne_bytes()),
        // A sink is the number of its port, as text.
        Type::Text | Type::Sink(_) => {
            let text = value.as_str().expect("a text");
            out.extend((text.len() as i32).to_ne_bytes());
            out.extend(text.as_bytes());
        }
        Type::Option(inner) => {
            out.push((!value.is_null()).into());
            if !value.is_null() {
                write(schema, inner, value, out);
            }
        }
        Type::List(inner) => {
            let values = value.as_array().expect("a list");
            out.extend((values.len() as i32).to_ne_bytes());
            values.iter().for_each(|value| write(schema, inner, value, out));
        }
        Type::Named(name) => write_named(schema, name, value, out),
    }
}

fn write_named(schema: &Schema, name: &str, value: &Value, out: &mut Vec<u8>) {
    if let Some(variants) = schema.enums.get(name) {
        let variant = value.as_str().expect("a variant");
        let place = variants.iter().position(|known| known == variant);
        let place = place.unwrap_or_else(|| panic!("{name} has no {variant}"));
        return out.extend((place as i32).to_ne_bytes());
    }
    let fields = &schema.structures[name];
    let given = value
        .as_object()
        .unwrap_or_else(|| panic!("{name} is a structure, not {value}"));
    for key in given.keys() {
        assert!(
            fields.iter().any(|(field, _)| field == key),
            "{name} has no field {key}"
        );
    }
    for (field, kind) in fields {
        write(schema, kind, given.get(field).unwrap_or(&Value::Null), out);
    }
}

/// Reads bytes, from the first on.
pub struct Reader<'m> {
    bytes: &'m [u8],
}

impl<'m> Reader<'m> {
    pub fn new(bytes: &'m [u8]) -> Self {
        Self { bytes }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.bytes.split_at(N);
        self.bytes = rest;
        taken.try_into().expect("so many were taken")
    }

    pub fn text(&mut self) -> String {
        let length = i32::from_ne_bytes(self.take()) as usize;
        let (taken, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        String::from_utf8(taken.to_vec()).expect("text is UTF-8")
    }

    /// A value of type `kind`.
    pub fn read(&mut self, schema: &Schema, kind: &Type) -> Value {
        match kind {
            Type::Unit => Value::Null,
            Type::Bool => json!(self.take::<1>()[0] != 0),
            Type::I32 => json!(i32::from_ne_bytes(self.take())),
            Type::U32 => json!(u32::from_ne_bytes(self.take())),
            Type::I64 => json!(i64::from_ne_bytes(self.take())),
            Type::F64 => json!(f64::from_ne_bytes(self.take())),
            Type::Text => json!(self.text()),
            Type::Option(inner) => match self.take::<1>()[0] {
                0 => Value::Null,
                _ => self.read(schema, inner),
            },
            Type::List(inner) => {
                let length = i32::from_ne_bytes(self.take());
                (0..length).map(|_| self.read(schema, inner)).collect()
            }
            Type::Named(name) => self.named(schema, name),
            Type::Sink(_) => panic!("Rust gives no sinks"),
        }
    }

    fn named(&mut self, schema: &Schema, name: &str) -> Value {
        if let Some(variants) = schema.enums.get(name) {
            let place = i32::from_ne_bytes(self.take()) as usize;
            return json!(variants[place]);
        }
        let mut object = Map::new();
        for (field, kind) in &schema.structures[name] {
            object.insert(field.clone(), self.read(schema, kind));
        }
        Value::Object(object)
    }

    /// Nothing may be left.
    pub fn end(self) {
        assert!(self.bytes.is_empty(), "{} bytes are left", self.bytes.len());
    }
}
