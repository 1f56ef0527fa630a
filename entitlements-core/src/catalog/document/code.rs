use std::rc::Rc;
use std::time::Duration;

use super::{Entry, Node, Spot, Step, Value};

/// A table that builder calls fill: keys, the call that gave each, and values.
#[derive(Debug, Clone, Default)]
pub(in crate::catalog) struct Draft {
    entries: Vec<(String, String, Item)>,
}

/// A value that a builder call gives.
#[derive(Debug, Clone)]
pub(in crate::catalog) enum Item {
    Boolean(bool),
    Integer(i128),
    String(String),
    Array(Vec<(String, Item)>),
    Table(Draft),
}

impl Item {
    pub(in crate::catalog) fn text(text: &str) -> Self {
        Self::String(text.to_owned())
    }

    /// Whole seconds as the checks read them; what is not whole is shown as it is, and refused.
    pub(in crate::catalog) fn duration(duration: Duration) -> Self {
        Self::String(format!("{duration:?}"))
    }
}

impl Draft {
    /// Sets `key`, in place of what an earlier call gave it.
    pub(in crate::catalog) fn set(&mut self, key: &str, call: String, item: Item) {
        self.entries.retain(|(present, ..)| present != key);
        self.add(key, call, item);
    }

    /// Adds `key`, which is a mistake where an earlier call gave it too.
    pub(in crate::catalog) fn add(&mut self, key: &str, call: String, item: Item) {
        self.entries.push((key.to_owned(), call, item));
    }

    /// Fills the table under `key`, made where it is not there yet; its calls name their place in full.
    pub(in crate::catalog) fn fill(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        if let Some((_, _, Item::Table(draft))) =
            self.entries.iter_mut().find(|(present, ..)| present == key)
        {
            fill(draft);
        } else {
            let mut draft = Self::default();
            fill(&mut draft);
            self.add(key, String::new(), Item::Table(draft));
        }
    }

    /// Adds `item` to the array under `key`, made where it is not there yet.
    pub(in crate::catalog) fn push(&mut self, key: &str, call: String, item: Item) {
        match self.entries.iter_mut().find(|(present, ..)| present == key) {
            Some((_, _, Item::Array(items))) => items.push((call, item)),
            _ => self.add(key, String::new(), Item::Array(vec![(call, item)])),
        }
    }
}

/// The document that builder calls describe.
pub(in crate::catalog) fn read(draft: &Draft) -> Node {
    let root = Rc::new(Step {
        before: None,
        name: String::new(),
    });
    Node {
        value: table(draft, &root),
        spot: Spot::Call(root),
    }
}

fn table(draft: &Draft, at: &Rc<Step>) -> Value {
    let entries = draft.entries.iter().map(|(key, call, item)| {
        let step = step(at, call);
        Entry {
            key: key.clone(),
            spot: Spot::Call(Rc::clone(&step)),
            node: node(item, &step),
        }
    });
    Value::Table(entries.collect())
}

fn node(item: &Item, at: &Rc<Step>) -> Node {
    let value = match item {
        Item::Boolean(flag) => Value::Boolean(*flag),
        Item::Integer(number) => Value::Integer(*number),
        Item::String(text) => Value::String(text.clone()),
        Item::Array(items) => Value::Array(
            items
                .iter()
                .map(|(call, item)| node(item, &step(at, call)))
                .collect(),
        ),
        Item::Table(draft) => table(draft, at),
    };
    Node {
        spot: Spot::Call(Rc::clone(at)),
        value,
    }
}

fn step(before: &Rc<Step>, call: &str) -> Rc<Step> {
    if call.is_empty() {
        Rc::clone(before)
    } else {
        Rc::new(Step {
            before: Some(Rc::clone(before)),
            name: call.to_owned(),
        })
    }
}
