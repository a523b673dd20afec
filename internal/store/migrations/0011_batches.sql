-- Work on many things is done in parts.
-- +goose Up

-- A batch is work on many things that somebody started.
CREATE TABLE batches (
    id          TEXT PRIMARY KEY,
    profile_id  TEXT NOT NULL REFERENCES profiles (id), -- of whoever started it
    login_id    TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('renew')),
    reason      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    total       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    failed      BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX batches_profile ON batches (profile_id, created_at);
CREATE INDEX batches_waiting ON batches (created_at, id) WHERE finished_at IS NULL;

-- An item is one thing of a batch. It is written together with what was done to it.
CREATE TABLE batch_items (
    batch_id   TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id), -- the batch's
    number     BIGINT NOT NULL,                        -- from 1, the order in which they are done
    object_id  TEXT NOT NULL,
    name       TEXT NOT NULL,                          -- what it was called when it failed
    state      TEXT NOT NULL CHECK (state IN ('', 'done', 'failed')),
    problem    TEXT NOT NULL,                          -- JSON: why it failed
    PRIMARY KEY (batch_id, number),
    UNIQUE (batch_id, object_id),
    FOREIGN KEY (profile_id, batch_id) REFERENCES batches (profile_id, id)
);
