-- What outlasts the process (P1): entries by their collection and id. Values may be secrets.
CREATE TABLE entitlements_state (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT;
