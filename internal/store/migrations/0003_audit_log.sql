-- The audit log is sealed: events get a position in the order in which a job
-- finds them, and become the leaves of a Merkle tree (internal/auditlog).

-- +goose Up

ALTER TABLE audit_events ADD COLUMN position BIGINT; -- in the sealed log, from 0; null until it is sealed
ALTER TABLE audit_events ADD COLUMN salt     BYTEA;  -- of the hash of what may tell something of a person; null once that was erased
ALTER TABLE audit_events ADD COLUMN personal BYTEA;  -- that hash, if what it is of was erased
ALTER TABLE audit_events ADD COLUMN stamp    BYTEA;  -- by which Plaza knows what it wrote itself
CREATE UNIQUE INDEX audit_events_position ON audit_events (position);
CREATE INDEX audit_events_unsealed ON audit_events (id) WHERE position IS NULL;

-- A row is one hash of the tree. Its place is as golang.org/x/mod/sumdb/tlog
-- counts them. Rows stay when events are gone.
CREATE TABLE audit_hashes (
    place BIGINT PRIMARY KEY,
    hash  BYTEA NOT NULL
);

-- The one row is the newest checkpoint: how many events are sealed, and the root
-- of their tree, signed. Older ones are not kept: whoever cuts off the end of the
-- log would find here what goes with the rest. Whoever seals locks the row.
CREATE TABLE audit_log (
    one  BOOLEAN PRIMARY KEY CHECK (one),
    note TEXT NOT NULL -- empty before the first
);
INSERT INTO audit_log (one, note) VALUES (TRUE, '');
