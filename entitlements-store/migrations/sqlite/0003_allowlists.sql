-- From where accounts may be reached (W10): the entries of each account by their ids, which are UUIDv7s.
CREATE TABLE entitlements_allowlists (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    ip_range TEXT NOT NULL, -- in its one form, such as 192.0.2.0/24
    description TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL, -- microseconds since 1970
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
