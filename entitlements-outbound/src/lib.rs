#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
mod alive;
#[cfg(feature = "client")]
mod chance;
pub mod heartbeat;
pub mod webhook;
#[cfg(feature = "client")]
mod wire;

#[cfg(feature = "client")]
pub use wire::{Roots, RootsError, UrlError};
