//! `analytics`: how many jobs were done and died in each hour, and where that is heading.

use axum::Json;
use axum::extract::{Query, State};
use entitlements_axum::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};

#[derive(Deserialize)]
pub(crate) struct Window {
    #[serde(default = "a_day")]
    hours: u16,
}

const fn a_day() -> u16 {
    24
}

const MICROS_AN_HOUR: i64 = 3_600_000_000;

pub(crate) async fn trend(
    State(app): State<App>,
    caller: Caller,
    Query(window): Query<Window>,
) -> Answer<Json<Value>> {
    caller.may_everywhere(Role::Reader)?;
    let last = app.now().unix_micros() / MICROS_AN_HOUR;
    let first = last - i64::from(window.hours.max(1)) + 1;
    let rows = sqlx::query(
        "SELECT at / ?1 AS hour, sum(state = 'done') AS done, sum(state = 'dead') AS dead FROM changes \
         WHERE namespace = ?2 AND at >= ?3 GROUP BY hour",
    )
    .bind(MICROS_AN_HOUR)
    .bind(&caller.namespace)
    .bind(first * MICROS_AN_HOUR)
    .fetch_all(&app.store.pool)
    .await?;
    let mut hours: Vec<(i64, i64)> = vec![(0, 0); window.hours.max(1).into()];
    for row in rows {
        let hour = usize::try_from(row.try_get::<i64, _>("hour")? - first).unwrap_or(usize::MAX);
        if let Some(counts) = hours.get_mut(hour) {
            *counts = (row.try_get("done")?, row.try_get("dead")?);
        }
    }
    let done: Vec<_> = hours.iter().map(|(done, _)| *done).collect();
    let view = hours.iter().zip(first..).map(|((done, dead), hour)| {
        let hour = Timestamp::from_unix_micros(hour * MICROS_AN_HOUR).to_string();
        json!({ "hour": hour, "done": done, "dead": dead })
    });
    let view: Vec<_> = view.collect();
    Ok(Json(
        json!({ "hours": view, "done_more_per_hour": slope(&done) }),
    ))
}

/// By how much it grows with each step: the line with the least squares.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of jobs are far below 2^52"
)]
fn slope(values: &[i64]) -> f64 {
    let count = values.len() as f64;
    let (mean_x, mean_y) = (
        (count - 1.0) / 2.0,
        values.iter().sum::<i64>() as f64 / count,
    );
    let (mut both, mut square) = (0.0, 0.0);
    for (x, y) in values.iter().enumerate() {
        let x = x as f64 - mean_x;
        both += x * (*y as f64 - mean_y);
        square += x * x;
    }
    if square > 0.0 { both / square } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn the_trend_is_what_each_hour_brings_more() {
        for (values, trend) in [
            (&[1, 3, 5, 7][..], 2.0),
            (&[4, 4, 4], 0.0),
            (&[9, 6, 3], -3.0),
            (&[5], 0.0),
        ] {
            assert!((slope(values) - trend).abs() < 1e-9, "{values:?}");
        }
    }
}
