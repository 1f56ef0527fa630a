//! The port of audit records, on the table `entitlements_audit`.

mod row;

use entitlements_core::Reply;
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use sqlx::{QueryBuilder, Sqlite};

use row::Row;

use super::SqliteStore;
use super::busy::Patience;
use crate::{StoreError, StoreErrorKind};

const RECORD: &str = "
    INSERT INTO entitlements_audit
        (id, at, action, actor, license, plan, account, outcome, client_address, details)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

impl SqliteStore {
    async fn keep_record(&self, record: &AuditRecord) -> Result<(), StoreError> {
        let opened = self.opened().await?;
        let mut patience = Patience::new();
        loop {
            // One that is there already stays as it is: a trigger sees to that.
            let kept = sqlx::query(RECORD)
                .bind(&record.id)
                .bind(record.at.unix_micros())
                .bind(&record.action)
                .bind(&record.actor)
                .bind(&record.license)
                .bind(&record.plan)
                .bind(&record.account)
                .bind(&record.outcome)
                .bind(record.client_address.map(|address| address.to_string()))
                .bind(row::written(&record.details));
            let kept = opened.write(kept).await;
            if !patience.lasts(kept.as_ref().err()).await {
                kept.map_err(|error| opened.error(&error))?;
                return opened.is_in_its_place();
            }
        }
    }

    async fn records(&self, query: &AuditQuery) -> Result<AuditPage, StoreError> {
        let opened = self.opened().await?;
        let mut patience = Patience::new();
        let rows: Vec<Row> = loop {
            let mut sql = asking(query);
            let rows = sql.build_query_as().fetch_all(&opened.pool).await;
            if !patience.lasts(rows.as_ref().err()).await {
                break rows.map_err(|error| opened.error(&error))?;
            }
        };
        let records = rows.into_iter().map(|row| {
            let id = row.id.clone();
            row.record().ok_or_else(|| {
                let what = format_args!("the audit record `{}` is no record", id.escape_debug());
                opened.fault(StoreErrorKind::Damaged, what)
            })
        });
        let records = records.collect::<Result<_, _>>()?;
        Ok(AuditPage::of(records, query.limit()))
    }
}

/// The newest records that are asked for, and one more, to tell whether there is a next page.
fn asking(query: &AuditQuery) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT id, at, action, actor, license, plan, account, outcome, client_address, details \
         FROM entitlements_audit WHERE TRUE",
    );
    for (condition, text) in [
        (" AND id < ", &query.before),
        (" AND action = ", &query.action),
        (" AND actor = ", &query.actor),
        (" AND account = ", &query.account),
        (" AND license = ", &query.license),
    ] {
        if let Some(text) = text {
            sql.push(condition).push_bind(text.clone());
        }
    }
    for (condition, time) in [(" AND at >= ", query.since), (" AND at < ", query.until)] {
        if let Some(time) = time {
            sql.push(condition).push_bind(time.unix_micros());
        }
    }
    let most = i64::try_from(query.limit()).unwrap_or(i64::MAX);
    sql.push(" ORDER BY id DESC LIMIT ")
        .push_bind(most.saturating_add(1));
    sql
}

impl AuditSink for SqliteStore {
    /// Goes on also where nobody waits for the answer any more.
    fn record(&self, record: AuditRecord) -> Reply<Result<(), AuditError>> {
        let store = self.clone();
        Reply::later(async move {
            let kept = tokio::spawn(async move { store.keep_record(&record).await });
            match kept.await {
                Ok(kept) => kept.map_err(AuditError::new),
                Err(_) => Err(AuditError::new("the program ended before it was kept")),
            }
        })
    }

    fn read(&self, query: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        let store = self.clone();
        Reply::later(async move { store.records(&query).await.map_err(AuditError::new) })
    }
}
