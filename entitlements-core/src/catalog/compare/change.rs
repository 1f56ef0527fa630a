//! One difference, and who sees it.

/// Something that is different, for whom, and what it was and becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    subject: Subject,
    kind: ChangeKind,
    name: String,
    before: Option<String>,
    after: Option<String>,
}

/// Whom a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// Customers of the plan with this code.
    Plan(String),
    /// Customers with the add-on of this name.
    Addon(String),
    /// Whoever holds nothing, where the default plan is another one.
    Unlicensed,
    /// Whoever holds nothing and runs the product themselves, where `self_hosted` comes, goes or stops standing for them.
    UnlicensedSelfHosted,
    /// Everybody.
    Everyone,
}

impl Subject {
    /// The plan's code or the add-on's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Plan(name) | Self::Addon(name) => Some(name),
            Self::Unlicensed | Self::UnlicensedSelfHosted | Self::Everyone => None,
        }
    }
}

macro_rules! kinds {
    ($($(#[$docs:meta])* $kind:ident = $word:literal,)*) => {
        /// What a change is a change of; [`Change::name`] says of which.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($(#[$docs])* $kind,)*
        }

        impl ChangeKind {
            /// One snake_case word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// A plan comes or goes.
    Plan = "plan",
    /// An add-on comes or goes.
    Addon = "addon",
    /// A feature.
    Feature = "feature",
    /// How many of a limit.
    Limit = "limit",
    /// What a limit counts, over which time, or what happens beyond it.
    LimitKind = "limit_kind",
    /// How fast.
    Rate = "rate",
    /// How long something is kept.
    Retention = "retention",
    /// A plan that an add-on may be added to.
    Requires = "requires",
    /// Whether the plan passes gates that ask for at least the named plan.
    PlanOrder = "plan_order",
    /// Whether the plan passes gates that ask for the highest plan.
    HighestPlan = "highest_plan",
    /// Whether the plan counts as paid, which the default plan does not.
    Paid = "paid",
    /// Days to try the plan.
    TrialDays = "trial_days",
    /// Days for which a subscription that is past due keeps the plan.
    PastDueGraceDays = "past_due_grace_days",
    /// What it costs.
    Price = "price",
    /// What a Stripe price stands for.
    StripePrice = "stripe_price",
    /// The plan of those who hold nothing.
    DefaultPlan = "default_plan",
    /// A line of `[product]` or `[license]`, by its name in the catalog.
    Setting = "setting",
    /// What people see as a name.
    Title = "title",
    /// What people see as a description.
    Description = "description",
}

impl Change {
    pub(super) fn new(subject: &Subject, kind: ChangeKind, name: impl Into<String>) -> Self {
        Self {
            subject: subject.clone(),
            kind,
            name: name.into(),
            before: None,
            after: None,
        }
    }

    pub(super) fn from(mut self, before: Option<impl ToString>) -> Self {
        self.before = before.map(|before| before.to_string());
        self
    }

    pub(super) fn to(mut self, after: Option<impl ToString>) -> Self {
        self.after = after.map(|after| after.to_string());
        self
    }

    /// Whom it is about.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it is a change of.
    #[must_use]
    pub const fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Which feature, limit, rate and so on, by its name in the catalog.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it was, in words; none where there was nothing.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// What it becomes, in words; none where nothing is left.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// How a change is for whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Loss,
    Gain,
    Neither,
}

impl Verdict {
    /// Less is a loss.
    pub(super) fn of<T: Ord>(before: &T, after: &T) -> Self {
        match after.cmp(before) {
            std::cmp::Ordering::Less => Self::Loss,
            std::cmp::Ordering::Equal => Self::Neither,
            std::cmp::Ordering::Greater => Self::Gain,
        }
    }
}

/// The changes found so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Findings {
    pub(super) losses: Vec<Change>,
    pub(super) gains: Vec<Change>,
    pub(super) other: Vec<Change>,
}

impl Findings {
    pub(super) fn add(&mut self, verdict: Verdict, change: Change) {
        let list = match verdict {
            Verdict::Loss => &mut self.losses,
            Verdict::Gain => &mut self.gains,
            Verdict::Neither => &mut self.other,
        };
        list.push(change);
    }

    /// Adds a change unless what it was and what it becomes read the same.
    pub(super) fn add_if_told(&mut self, verdict: Verdict, change: Change) {
        if change.before != change.after {
            self.add(verdict, change);
        }
    }
}
