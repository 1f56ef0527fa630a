//! Lists of users in memory, one for each account, for something to count.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use entitlements_admin::{Fields, Refusal};
use entitlements_core::AccountId;
use serde_json::{Value, json};
use uuid::Uuid;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// The users of all accounts, whoever holds a clone of them.
#[derive(Clone, Default)]
pub struct Users {
    lists: Arc<Mutex<Lists>>,
}

/// Accounts that have no users have no list.
type Lists = BTreeMap<AccountId, Vec<User>>;

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
    pub fn view(&self, account: &AccountId) -> Value {
        let users: Vec<_> = self.with(|lists| {
            let users = lists.get(account).into_iter().flatten();
            users.map(User::view).collect()
        });
        json!({ "users": users })
    }

    /// Adds one, and gives its `{"id","name"}`.
    #[must_use = "its id is told nowhere else"]
    pub fn add(&self, account: &AccountId, name: String) -> Value {
        let user = User {
            id: Uuid::now_v7(),
            name,
        };
        let view = user.view();
        self.with(|lists| lists.entry(account.clone()).or_default().push(user));
        view
    }

    /// Takes one out.
    ///
    /// # Errors
    /// When the account has none with this id (`NOT_FOUND`).
    pub fn remove(&self, account: &AccountId, id: &str) -> Result<(), Refusal> {
        let removed = self.with(|lists| {
            let Some(list) = lists.get_mut(account) else {
                return false;
            };
            let before = list.len();
            list.retain(|user| user.id.to_string() != id);
            let removed = list.len() < before;
            if list.is_empty() {
                lists.remove(account);
            }
            removed
        });
        if removed {
            Ok(())
        } else {
            Err(Refusal::not_found("there is no user with this id"))
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Lists) -> T) -> T {
        act(&mut self.lists.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How many there are.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.with(|lists| lists.values().map(Vec::len).sum());
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
