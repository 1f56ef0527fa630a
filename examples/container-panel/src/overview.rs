//! `/`: which edition this is, and the banner once its license has expired.

use actix_web::Responder;
use actix_web::web::Json;
use entitlements_actix::{Current, LicenseStatus};
use serde_json::json;

pub(crate) async fn show(current: Current) -> impl Responder {
    let shown = current.plan_shown().title();
    let has_expired = current.status() == LicenseStatus::Expired;
    let edition = match has_expired {
        true => format!("{shown} (expired)"),
        false => shown.to_owned(),
    };
    let renew_at = current.catalog().upgrade_url();
    let banner = has_expired.then(|| {
        let how = renew_at.map(|url| format!(": renew it at {url}"));
        format!("License expired{}", how.unwrap_or_default())
    });
    Json(json!({
        "product": current.catalog().product_name(),
        "edition": edition,
        "edition_in_force": current.plan_in_force().title(),
        "status": current.status().as_str(),
        "banner": banner,
    }))
}
