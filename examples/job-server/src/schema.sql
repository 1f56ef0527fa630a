-- Times are microseconds since 1970.
CREATE TABLE IF NOT EXISTS queues (
    namespace   TEXT NOT NULL,
    name        TEXT NOT NULL,
    paused      INTEGER NOT NULL DEFAULT 0,
    draining    INTEGER NOT NULL DEFAULT 0,
    concurrency INTEGER,                    -- most jobs that are active at a time
    per_minute  INTEGER,                    -- most jobs that are fetched in a minute
    PRIMARY KEY (namespace, name)
);

CREATE TABLE IF NOT EXISTS jobs (
    id           TEXT PRIMARY KEY,
    namespace    TEXT NOT NULL,
    queue        TEXT NOT NULL,
    state        TEXT NOT NULL,
    payload      BLOB NOT NULL,             -- see `vault.rs`
    attempts     INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    ready_at     INTEGER NOT NULL,          -- when it may be fetched: an active one when its worker was silent for too long
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    keep_until   INTEGER,                   -- fixed when it ends, so that a license that lapses shortens nothing
    worker       TEXT,
    error        TEXT
);
CREATE INDEX IF NOT EXISTS jobs_to_fetch ON jobs (namespace, queue, state, ready_at);
CREATE INDEX IF NOT EXISTS jobs_to_purge ON jobs (keep_until);

-- Every step of every job: what throttles, trends and replicas read.
CREATE TABLE IF NOT EXISTS changes (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    namespace TEXT NOT NULL,
    queue     TEXT NOT NULL,
    job       TEXT NOT NULL,
    state     TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS job_added AFTER INSERT ON jobs BEGIN
    INSERT INTO changes (at, namespace, queue, job, state)
    VALUES (NEW.changed_at, NEW.namespace, NEW.queue, NEW.id, NEW.state);
END;
CREATE TRIGGER IF NOT EXISTS job_changed AFTER UPDATE OF state ON jobs BEGIN
    INSERT INTO changes (at, namespace, queue, job, state)
    VALUES (NEW.changed_at, NEW.namespace, NEW.queue, NEW.id, NEW.state);
END;
CREATE TRIGGER IF NOT EXISTS job_removed AFTER DELETE ON jobs BEGIN
    INSERT INTO changes (at, namespace, queue, job, state)
    VALUES (OLD.changed_at, OLD.namespace, OLD.queue, OLD.id, 'removed');
END;
CREATE INDEX IF NOT EXISTS changes_of_queues ON changes (namespace, queue, state, at);

CREATE TABLE IF NOT EXISTS configured (
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL,
    namespace TEXT NOT NULL,
    value     BLOB NOT NULL,                -- JSON; see `vault.rs`
    PRIMARY KEY (kind, id)
);

CREATE TABLE IF NOT EXISTS audit (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    namespace TEXT NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    target    TEXT NOT NULL,
    outcome   INTEGER NOT NULL
);

-- What guaranteed webhooks are still to be told, and what was given up.
CREATE TABLE IF NOT EXISTS deliveries (
    webhook   TEXT NOT NULL,
    id        TEXT NOT NULL,
    value     BLOB NOT NULL,                -- JSON; see `vault.rs`
    PRIMARY KEY (webhook, id)
);
