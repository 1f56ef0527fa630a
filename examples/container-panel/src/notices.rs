//! Notices before a license ends, and once it has: kept for whoever administers the panel, over restarts. The log has them too.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::Responder;
use actix_web::web::{Data, Json};
use entitlements_actix::Reply;
use entitlements_actix::notify::{LicenseNotice, Notifier, NotifyError};
use serde_json::{Value, json};

use crate::admin::Admin;
use crate::files;

/// How many are kept: years of them.
const MOST: usize = 100;

/// The notices that were given, the newest first. The engine gives each once; the board shows them until nobody cares.
#[derive(Debug, Clone)]
pub(crate) struct NoticeBoard {
    path: PathBuf,
    notices: Arc<Mutex<Vec<Value>>>,
}

impl NoticeBoard {
    /// Reads what an earlier run left in this folder.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join("notice-board.json");
        let kept = files::read(&path)?.unwrap_or_else(|| "[]".into());
        // What was told is told: a board that cannot be read stops no panel.
        let notices = serde_json::from_str(&kept).unwrap_or_else(|error| {
            tracing::error!("`{}` is damaged, and begins anew: {error}", path.display());
            Vec::new()
        });
        Ok(Self {
            path,
            notices: Arc::new(Mutex::new(notices)),
        })
    }

    fn pin_up(&self, notice: &LicenseNotice) -> io::Result<()> {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.insert(0, serde_json::from_str(&notice.to_json())?);
        notices.truncate(MOST);
        files::replace(&self.path, &serde_json::to_string_pretty(&*notices)?)
    }
}

impl Notifier for NoticeBoard {
    fn notify(&self, notice: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        Reply::Now(self.pin_up(notice).map_err(NotifyError::new))
    }
}

/// `GET /notices`
pub(crate) async fn show(_: Admin, board: Data<NoticeBoard>) -> impl Responder {
    let notices = board.notices.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({ "notices": *notices }))
}
