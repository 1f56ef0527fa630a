//! What the gates and the engine's layers of all frameworks can be told, written once.
//!
//! The orphan rule wants each framework's gate to be a type of its own; these macros give it the same names and texts.

mod gates;
mod layers;
mod names;
