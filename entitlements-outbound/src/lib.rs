#![doc = include_str!("../README.md")]

pub mod heartbeat;
pub mod webhook;
#[cfg(feature = "client")]
mod wire;

#[cfg(feature = "client")]
pub use wire::{Roots, RootsError, UrlError};
