//! Queues: how many jobs of each state they hold, and what they let in and out.

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::Row as _;

use super::State;
use crate::failure::Failure;
use crate::store::Store;

#[derive(Debug, Serialize)]
pub(crate) struct Queue {
    pub(crate) namespace: String,
    pub(crate) name: String,
    paused: bool,
    draining: bool,
    concurrency: Option<u32>,
    per_minute: Option<u32>,
    /// How many jobs are in each state.
    pub(crate) jobs: Map<String, Value>,
}

/// What a queue lets in and out: a paused one nothing out, a draining one nothing in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flags {
    pub(crate) paused: bool,
    pub(crate) draining: bool,
}

impl Store {
    pub(crate) async fn make_queue(&self, namespace: &str, name: &str) -> Result<(), Failure> {
        sqlx::query("INSERT INTO queues (namespace, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(namespace)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn set_flags(
        &self,
        namespace: &str,
        name: &str,
        flags: Flags,
    ) -> Result<(), Failure> {
        self.make_queue(namespace, name).await?;
        sqlx::query("UPDATE queues SET paused = ?, draining = ? WHERE namespace = ? AND name = ?")
            .bind(flags.paused)
            .bind(flags.draining)
            .bind(namespace)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// At most so many jobs are active at a time.
    pub(crate) async fn set_concurrency(
        &self,
        namespace: &str,
        name: &str,
        most: Option<u32>,
    ) -> Result<(), Failure> {
        self.make_queue(namespace, name).await?;
        sqlx::query("UPDATE queues SET concurrency = ? WHERE namespace = ? AND name = ?")
            .bind(most)
            .bind(namespace)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// At most so many jobs are fetched in a minute.
    pub(crate) async fn set_throttle(
        &self,
        namespace: &str,
        name: &str,
        most: Option<u32>,
    ) -> Result<(), Failure> {
        self.make_queue(namespace, name).await?;
        sqlx::query("UPDATE queues SET per_minute = ? WHERE namespace = ? AND name = ?")
            .bind(most)
            .bind(namespace)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes what waits in a queue, and says how many jobs that were.
    pub(crate) async fn clear(&self, namespace: &str, name: &str) -> Result<u64, Failure> {
        let cleared =
            sqlx::query("DELETE FROM jobs WHERE namespace = ? AND queue = ? AND state = 'ready'")
                .bind(namespace)
                .bind(name)
                .execute(&self.pool)
                .await?;
        Ok(cleared.rows_affected())
    }

    /// Those of a namespace, or of all of them.
    pub(crate) async fn queues(&self, namespace: Option<&str>) -> Result<Vec<Queue>, Failure> {
        let rows = sqlx::query(
            "SELECT q.*, j.state, count(j.id) AS jobs FROM queues q \
             LEFT JOIN jobs j ON j.namespace = q.namespace AND j.queue = q.name \
             WHERE q.namespace = coalesce(?, q.namespace) \
             GROUP BY q.namespace, q.name, j.state ORDER BY q.namespace, q.name",
        )
        .bind(namespace)
        .fetch_all(&self.pool)
        .await?;
        let mut queues: Vec<Queue> = Vec::new();
        for row in rows {
            let (namespace, name) = (row.try_get("namespace")?, row.try_get("name")?);
            let is_same = |last: &&mut Queue| last.namespace == namespace && last.name == name;
            let known = queues.last_mut().filter(is_same);
            let state: Option<String> = row.try_get("state")?;
            let jobs: i64 = row.try_get("jobs")?;
            let count = state.map(|state| (state, jobs.into()));
            if let Some(queue) = known {
                queue.jobs.extend(count);
                continue;
            }
            let none = State::ALL.map(|state| (state.as_str().to_owned(), Value::from(0)));
            queues.push(Queue {
                namespace,
                name,
                paused: row.try_get("paused")?,
                draining: row.try_get("draining")?,
                concurrency: row.try_get("concurrency")?,
                per_minute: row.try_get("per_minute")?,
                jobs: none.into_iter().chain(count).collect(),
            });
        }
        Ok(queues)
    }
}
