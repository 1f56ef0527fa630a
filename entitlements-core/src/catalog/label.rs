use super::table::Named;

/// What a thing is called: by code, and by people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Label {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
}

impl Label {
    pub(crate) fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

impl Named for Label {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Gives types with a field `label` the accessors that all of them share.
macro_rules! labelled {
    ($($type:ty)*) => {$(
        impl $type {
            /// The name that license keys, gates and the API use.
            #[must_use]
            pub fn name(&self) -> &str {
                &self.label.name
            }

            /// The name for people (`name` in the catalog); the technical one where none is given.
            #[must_use]
            pub fn title(&self) -> &str {
                self.label.title()
            }

            /// A sentence for people, if the catalog has one.
            #[must_use]
            pub fn description(&self) -> Option<&str> {
                self.label.description.as_deref()
            }
        }

        impl Named for $type {
            fn name(&self) -> &str {
                &self.label.name
            }
        }
    )*};
}

labelled! {
    super::FeatureDefinition
    super::LimitDefinition
    super::RateDefinition
    super::Plan
    super::Addon
}
