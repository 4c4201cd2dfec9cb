//! Stops and the deck.
pub const MODELS: &[(&str, fn())] = &[];
