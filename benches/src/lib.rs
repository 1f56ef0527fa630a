//! Measuring, without the things that are measured.

pub mod callers;
pub mod load;
pub mod measure;
pub mod plot;
pub mod report;
