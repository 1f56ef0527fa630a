-- Who changed what (M14): each record once, never changed and never removed. Ids are UUIDv7s, so their order is that of time.
CREATE TABLE entitlements_audit (
    id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL, -- microseconds since 1970
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    license TEXT,
    plan TEXT,
    account TEXT,
    outcome TEXT NOT NULL,
    client_address TEXT,
    details TEXT NOT NULL -- {"details": [{"name": "…", "value": "…"}, …]}
) STRICT, WITHOUT ROWID;

CREATE INDEX entitlements_audit_by_license ON entitlements_audit (license) WHERE license IS NOT NULL;
CREATE INDEX entitlements_audit_by_account ON entitlements_audit (account) WHERE account IS NOT NULL;

CREATE TRIGGER entitlements_audit_no_update BEFORE UPDATE ON entitlements_audit
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END;

CREATE TRIGGER entitlements_audit_no_delete BEFORE DELETE ON entitlements_audit
BEGIN
    SELECT RAISE(ABORT, 'audit records are never removed');
END;

-- A record that is there stays, also where it is to be replaced, which fires no trigger of the above.
CREATE TRIGGER entitlements_audit_no_replace BEFORE INSERT ON entitlements_audit
WHEN EXISTS (SELECT 1 FROM entitlements_audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(IGNORE);
END;
