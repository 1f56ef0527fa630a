//! Listing and removing what was configured, whatever it is. Neither ever needs a license.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::identity::{Caller, Role};
use crate::store::{Configured, Entry};

pub(crate) async fn list<T: Configured>(
    State(app): State<App>,
    caller: Caller,
) -> Answer<Json<Vec<Entry<T>>>> {
    caller.may_everywhere(Role::Reader)?;
    let mut entries = app.store.list::<T>(Some(&caller.namespace)).await?;
    for entry in &mut entries {
        entry.value.hide_secrets();
    }
    Ok(Json(entries))
}

pub(crate) async fn remove<T: Configured>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Admin)?;
    match app.store.remove::<T>(&caller.namespace, &id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Failure::not_found(T::KIND)),
    }
}
