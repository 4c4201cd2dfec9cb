//! The catalogue as a whole, on directories of the tests' own.

mod archives;
mod concurrency;
pub(super) mod interruption;
mod life;
mod manifests;
mod model;
mod refusals;
mod shadows;
mod workshop;
