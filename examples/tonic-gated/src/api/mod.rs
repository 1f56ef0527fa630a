//! The messages and names of `panel.v1`, written by hand so that building needs no `protoc`.
//!
//! ```proto
//! syntax = "proto3";
//! package panel.v1;
//!
//! service Plan     { rpc Show(ShowPlan) returns (PlanShown); }
//! service Projects { rpc Create(CreateProject) returns (Project); }
//! service Exports  { rpc Run(RunExport) returns (stream Row); }
//! ```

mod messages;

pub use messages::{CreateProject, PlanShown, Project, Row, RunExport, ShowPlan};

/// The name of the service that tells a caller's plan.
pub const PLAN: &str = "panel.v1.Plan";
/// The name of the service that makes projects.
pub const PROJECTS: &str = "panel.v1.Projects";
/// The name of the service that exports rows.
pub const EXPORTS: &str = "panel.v1.Exports";

/// The path of [`ShowPlan`].
pub const SHOW_PLAN: &str = "/panel.v1.Plan/Show";
/// The path of [`CreateProject`].
pub const CREATE_PROJECT: &str = "/panel.v1.Projects/Create";
/// The path of [`RunExport`].
pub const RUN_EXPORT: &str = "/panel.v1.Exports/Run";
