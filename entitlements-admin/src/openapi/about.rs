use crate::refusal::row::Row;

/// What a route is for, and what it answers beside what all routes of its kind do.
pub(crate) struct About {
    /// A name for programs that are made from the document.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) query: &'static [QueryParameter],
    pub(crate) answers: Answers,
    /// Why it may refuse, beside what its guard, its body and its query bring along.
    pub(crate) refuses: &'static [&'static Row],
}

/// The answer of a request that succeeds. Names are those of schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// 200.
    Json(&'static str),
    /// 200 with an entity tag, or 304.
    Tagged(&'static str),
    /// 201 with the place of what was made.
    Created(&'static str),
    /// 204.
    NoContent,
}

/// A member of a query.
#[derive(Debug)]
pub(crate) struct QueryParameter {
    pub(crate) name: &'static str,
    pub(crate) kind: QueryKind,
    pub(crate) description: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryKind {
    Text,
    /// A text that must be there.
    Needed,
    Time,
    PageSize,
    /// `true`, or left out.
    Flag,
}

/// The members that routes ask for.
pub(crate) mod query {
    use super::{QueryKind, QueryParameter};

    macro_rules! parameters {
        ($($name:ident $query:literal $kind:ident $description:literal)*) => {$(
            pub(crate) const $name: QueryParameter = QueryParameter {
                name: $query,
                kind: QueryKind::$kind,
                description: $description,
            };
        )*};
    }

    parameters! {
        ACCOUNT "account" Text "those about this account"
        ACTION "action" Text "those of this action, such as `license.activated`"
        ACTOR "actor" Text "those of whoever has this name"
        AFTER "after" Text "those behind this id"
        BEFORE "before" Text "those older than the record with this id"
        FORCE "force" Flag "to do it also where it locks out whoever asks"
        LICENSE "license" Text "those about the license with this id"
        LIMIT "limit" PageSize "how many there are on a page"
        PLAN "plan" Needed "the code of the plan"
        QUERY "query" Text "those whose id or name contains this"
        SINCE "since" Time "those at this time or later"
        UNTIL "until" Time "those before this time"
    }
}
