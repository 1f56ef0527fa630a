//! A list of users in memory, for something to count.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use entitlements_admin::{Fields, Refusal};
use serde_json::{Value, json};
use uuid::Uuid;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// The users: one list, whoever holds a clone of it.
#[derive(Clone, Default)]
pub struct Users {
    list: Arc<Mutex<Vec<User>>>,
}

struct User {
    id: Uuid,
    name: String,
}

impl User {
    fn view(&self) -> Value {
        json!({ "id": self.id.to_string(), "name": self.name })
    }
}

impl Users {
    /// `{"users":[{"id","name"}]}`, in the order in which they came.
    #[must_use]
    pub fn view(&self) -> Value {
        let users: Vec<_> = self.with(|list| list.iter().map(User::view).collect());
        json!({ "users": users })
    }

    /// Adds one, and gives its `{"id","name"}`.
    #[must_use = "its id is told nowhere else"]
    pub fn add(&self, name: String) -> Value {
        let user = User {
            id: Uuid::now_v7(),
            name,
        };
        let view = user.view();
        self.with(|list| list.push(user));
        view
    }

    /// Takes one out.
    ///
    /// # Errors
    /// When none has this id (`NOT_FOUND`).
    pub fn remove(&self, id: &str) -> Result<(), Refusal> {
        let removed = self.with(|list| {
            let before = list.len();
            list.retain(|user| user.id.to_string() != id);
            list.len() < before
        });
        if removed {
            Ok(())
        } else {
            Err(Refusal::not_found("there is no user with this id"))
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<User>) -> T) -> T {
        act(&mut self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How many there are.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.with(|list| list.len());
        f.debug_struct("Users")
            .field("count", &count)
            .finish_non_exhaustive()
    }
}

/// What a body names: `{"name"}`, and nothing else.
///
/// # Errors
/// When it is not strict JSON (`MALFORMED`), or its name is none (`INVALID`).
pub fn read_name(body: &[u8]) -> Result<String, Refusal> {
    let mut fields = Fields::read(body)?;
    let name = fields.string("name").map(String::from);
    fields.finish()?;
    let name = name.unwrap_or_default();
    if name.trim().is_empty() {
        Err(Refusal::invalid("name", "must not be empty"))
    } else if name.chars().count() > LONGEST_NAME {
        Err(Refusal::invalid(
            "name",
            format!("must have at most {LONGEST_NAME} characters"),
        ))
    } else {
        Ok(name)
    }
}
