/// Asks for the caller's plan.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ShowPlan {}

/// Whose plan it is, and which.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PlanShown {
    /// The account that the API key stands for.
    #[prost(string, tag = "1")]
    pub account: String,
    /// The plan in force.
    #[prost(string, tag = "2")]
    pub plan: String,
}

/// Asks for a new project.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CreateProject {
    /// Its name, which no other project of the account has.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// A project.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Project {
    /// Its number within the account.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Its name.
    #[prost(string, tag = "2")]
    pub name: String,
}

/// Asks for rows, one message each.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RunExport {
    /// How many. There are [`ROWS`](Self::ROWS): an export of more fails when it gets there.
    #[prost(uint32, tag = "1")]
    pub rows: u32,
}

impl RunExport {
    /// How many rows there are.
    pub const ROWS: u32 = 3;
}

/// One row of an export.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Row {
    /// Its number.
    #[prost(uint32, tag = "1")]
    pub number: u32,
}
