//! The catalogue as a whole, on directories of the tests' own.

pub(super) mod interruption;
mod life;
mod shadows;
mod workshop;
