//! Measuring, without the things that are measured.

pub mod measure;
pub mod report;
