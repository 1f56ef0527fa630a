use std::fmt;
use std::rc::Rc;

use crate::catalog::error::shortened;

/// Where in a catalog something is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A place in a text, counted from 1; columns count characters.
    Line {
        /// The line.
        line: usize,
        /// The character in the line.
        column: usize,
    },
    /// A value in a JSON text, by its JSON pointer (RFC 6901); empty for the whole text.
    Pointer(String),
    /// The calls of a builder, such as `.plan("business").feature("sso")`; empty for the builder as a whole.
    Call(String),
    /// No place within: the catalog as a whole.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, column } => write!(f, "line {line}, column {column}"),
            Self::Pointer(pointer) if pointer.is_empty() => f.write_str("the whole document"),
            Self::Call(calls) if calls.is_empty() => f.write_str("the builder"),
            Self::Pointer(text) | Self::Call(text) => f.write_str(text),
            Self::Whole => f.write_str("the catalog"),
        }
    }
}

/// A place as the readers note it: cheap, and turned into a [`Place`] only where there is a mistake.
#[derive(Debug, Clone)]
pub(in crate::catalog) enum Spot {
    /// A byte of the text.
    Byte(usize),
    /// The steps of a JSON pointer.
    Pointer(Option<Rc<Step>>),
    /// The calls of a builder.
    Call(Rc<Step>),
}

/// One step down, and the steps before it.
#[derive(Debug)]
pub(in crate::catalog) struct Step {
    pub(in crate::catalog) before: Option<Rc<Step>>,
    pub(in crate::catalog) name: String,
}

impl Spot {
    /// The member `name` of the JSON value that is here.
    pub(super) fn member(&self, name: &str) -> Self {
        let before = if let Self::Pointer(step) = self {
            step.clone()
        } else {
            None
        };
        Self::Pointer(Some(Rc::new(Step {
            before,
            name: name.into(),
        })))
    }

    /// The place for people; `text` is what bytes are counted in.
    pub(in crate::catalog) fn place(&self, text: &str) -> Place {
        match self {
            Self::Byte(offset) => line_and_column(text, *offset),
            Self::Pointer(step) => Place::Pointer(joined(step.as_ref(), |name, path| {
                path.push('/');
                path.push_str(&shortened(name).replace('~', "~0").replace('/', "~1"));
            })),
            Self::Call(step) => Place::Call(joined(Some(step), |name, path| path.push_str(name))),
        }
    }
}

/// The line and column of a byte of `text`, its end where there is no such byte.
pub(in crate::catalog) fn line_and_column(text: &str, offset: usize) -> Place {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    Place::Line {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: line.trim_start_matches('\u{feff}').chars().count() + 1,
    }
}

fn joined(last: Option<&Rc<Step>>, push: impl Fn(&str, &mut String)) -> String {
    let mut names = Vec::new();
    let mut at = last;
    while let Some(step) = at {
        names.push(step.name.as_str());
        at = step.before.as_ref();
    }
    let mut path = String::new();
    names.iter().rev().for_each(|name| push(name, &mut path));
    path
}
