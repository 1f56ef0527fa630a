//! Jobs in the database.

use std::time::Duration;

use entitlements_axum::Timestamp;
use serde::de::value::{Error as WrongState, StrDeserializer};
use serde::de::{Deserialize as _, IntoDeserializer as _};
use serde_json::value::RawValue;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::{Job, State};
use crate::failure::Failure;
use crate::store::Store;

/// A job before it is one.
pub(crate) struct NewJob<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) queue: &'a str,
    pub(crate) payload: &'a RawValue,
    pub(crate) max_attempts: u32,
    pub(crate) delay: Duration,
}

impl Store {
    /// Puts a job into its queue, which is made where there is none. A queue that drains takes none.
    pub(crate) async fn enqueue(&self, new: NewJob<'_>, now: Timestamp) -> Result<Job, Failure> {
        self.make_queue(new.namespace, new.queue).await?;
        let id = Uuid::now_v7().to_string();
        let payload = self.vault.seal(&id, new.payload.get().as_bytes())?;
        let ready_at = now.saturating_add(new.delay);
        let row = sqlx::query(
            "INSERT INTO jobs (id, namespace, queue, state, payload, max_attempts, ready_at, created_at, changed_at) \
             SELECT ?1, namespace, name, 'ready', ?2, ?3, ?4, ?5, ?5 FROM queues \
             WHERE namespace = ?6 AND name = ?7 AND NOT draining RETURNING *",
        )
        .bind(id)
        .bind(payload)
        .bind(new.max_attempts)
        .bind(ready_at.unix_micros())
        .bind(now.unix_micros())
        .bind(new.namespace)
        .bind(new.queue)
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(Failure::Conflict("the queue drains: it takes no new jobs"))?;
        self.read_job(&row)
    }

    /// Gives the next job of a queue to a worker, who has it alone until `visible_again`.
    pub(crate) async fn fetch(
        &self,
        namespace: &str,
        queue: &str,
        worker: Option<&str>,
        visible_again: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Job>, Failure> {
        let a_minute_ago = now.saturating_sub(Duration::from_secs(60));
        // One statement, hence one job for one worker, and never more than the queue lets out.
        let row = sqlx::query(
            "UPDATE jobs SET state = 'active', attempts = attempts + 1, worker = ?3, ready_at = ?4, changed_at = ?5 \
             WHERE id = ( \
                 SELECT j.id FROM jobs j JOIN queues q ON q.namespace = j.namespace AND q.name = j.queue \
                 WHERE j.namespace = ?1 AND j.queue = ?2 AND NOT q.paused \
                   AND j.state IN ('ready', 'active') AND j.ready_at <= ?5 AND j.attempts < j.max_attempts \
                   AND (q.concurrency IS NULL OR q.concurrency > ( \
                       SELECT count(*) FROM jobs a \
                       WHERE a.namespace = ?1 AND a.queue = ?2 AND a.state = 'active' AND a.ready_at > ?5)) \
                   AND (q.per_minute IS NULL OR q.per_minute > ( \
                       SELECT count(*) FROM changes c \
                       WHERE c.namespace = ?1 AND c.queue = ?2 AND c.state = 'active' AND c.at > ?6)) \
                 ORDER BY j.ready_at, j.id LIMIT 1) \
             RETURNING *",
        )
        .bind(namespace)
        .bind(queue)
        .bind(worker)
        .bind(visible_again.unix_micros())
        .bind(now.unix_micros())
        .bind(a_minute_ago.unix_micros())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| self.read_job(&row)).transpose()
    }

    pub(crate) async fn job(&self, namespace: &str, id: &str) -> Result<Job, Failure> {
        let row = sqlx::query("SELECT * FROM jobs WHERE namespace = ? AND id = ?")
            .bind(namespace)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        self.read_job(&row.ok_or_else(|| Failure::not_found("job"))?)
    }

    /// Puts what became of a job in its place, unless something else became of it meanwhile.
    pub(crate) async fn swap(
        &self,
        before: &Job,
        after: &Job,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let swapped = sqlx::query(
            "UPDATE jobs SET state = ?, queue = ?, attempts = ?, ready_at = ?, finished_at = ?, keep_until = ?, \
             worker = ?, error = ?, changed_at = ? WHERE id = ? AND state = ? AND attempts = ? AND queue = ?",
        )
        .bind(after.state.as_str())
        .bind(&after.queue)
        .bind(after.attempts)
        .bind(after.ready_at.unix_micros())
        .bind(after.finished_at.map(Timestamp::unix_micros))
        .bind(after.keep_until.map(Timestamp::unix_micros))
        .bind(&after.worker)
        .bind(&after.error)
        .bind(now.unix_micros())
        .bind(&before.id)
        .bind(before.state.as_str())
        .bind(before.attempts)
        .bind(&before.queue)
        .execute(&self.pool)
        .await?;
        match swapped.rows_affected() {
            1 => Ok(()),
            _ => Err(Failure::Conflict("the job changed meanwhile; look again")),
        }
    }

    /// Jobs that no worker may fetch again, and whose last one was silent for too long.
    pub(crate) async fn timed_out(&self, now: Timestamp) -> Result<Vec<Job>, Failure> {
        let rows = sqlx::query(
            "SELECT * FROM jobs WHERE state = 'active' AND ready_at <= ? AND attempts >= max_attempts LIMIT 100",
        )
        .bind(now.unix_micros())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| self.read_job(row)).collect()
    }

    /// Removes a job that no worker has.
    pub(crate) async fn remove_job(&self, job: &Job) -> Result<(), Failure> {
        let removed = sqlx::query("DELETE FROM jobs WHERE id = ? AND state != 'active'")
            .bind(&job.id)
            .execute(&self.pool)
            .await?;
        match removed.rows_affected() {
            1 => Ok(()),
            _ => Err(Failure::Conflict("a worker has the job; cancel it first")),
        }
    }

    pub(crate) fn read_job(&self, row: &SqliteRow) -> Result<Job, Failure> {
        let id: String = row.try_get("id")?;
        let state: StrDeserializer<'_, WrongState> =
            row.try_get::<&str, _>("state")?.into_deserializer();
        let state =
            State::deserialize(state).map_err(|error| Failure::Broken(error.to_string()))?;
        let payload = self.vault.open(&id, row.try_get("payload")?)?;
        let time = |name| row.try_get(name).map(Timestamp::from_unix_micros);
        let perhaps = |name| {
            let micros = row.try_get::<Option<i64>, _>(name);
            micros.map(|micros| micros.map(Timestamp::from_unix_micros))
        };
        Ok(Job {
            namespace: row.try_get("namespace")?,
            queue: row.try_get("queue")?,
            state,
            attempts: row.try_get("attempts")?,
            max_attempts: row.try_get("max_attempts")?,
            payload: serde_json::from_slice(&payload)?,
            ready_at: time("ready_at")?,
            created_at: time("created_at")?,
            finished_at: perhaps("finished_at")?,
            keep_until: perhaps("keep_until")?,
            worker: row.try_get("worker")?,
            error: row.try_get("error")?,
            id,
        })
    }
}
