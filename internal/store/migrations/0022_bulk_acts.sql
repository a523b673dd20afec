-- Many licenses are suspended, resumed and ended together.
-- +goose Up

CREATE TABLE batches_anew (
    id          TEXT PRIMARY KEY,
    profile_id  TEXT NOT NULL REFERENCES profiles (id), -- of whoever started it
    login_id    TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('renew', 'issue', 'agents', 'edition', 'suspend', 'resume', 'end')),
    input       TEXT NOT NULL, -- JSON: what it makes, or of what
    reason      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    total       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    failed      BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
INSERT INTO batches_anew (id, profile_id, login_id, kind, input, reason, created_at, finished_at, total, done, failed)
SELECT id, profile_id, login_id, kind, input, reason, created_at, finished_at, total, done, failed FROM batches;

-- An item is one thing of a batch. It is written together with what was done to it.
CREATE TABLE batch_items_anew (
    batch_id   TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id), -- the batch's
    number     BIGINT NOT NULL,                        -- from 1, the order in which they are done
    object_id  TEXT NOT NULL,                          -- of what it is done to, or what it made; any until then
    name       TEXT NOT NULL,                          -- what it was called when it failed
    state      TEXT NOT NULL CHECK (state IN ('', 'done', 'failed')),
    problem    TEXT NOT NULL,                          -- JSON: why it failed
    PRIMARY KEY (batch_id, number),
    UNIQUE (batch_id, object_id),
    FOREIGN KEY (profile_id, batch_id) REFERENCES batches_anew (profile_id, id)
);
INSERT INTO batch_items_anew (batch_id, profile_id, number, object_id, name, state, problem)
SELECT batch_id, profile_id, number, object_id, name, state, problem FROM batch_items;

DROP TABLE batch_items;
DROP TABLE batches;
ALTER TABLE batches_anew RENAME TO batches;
ALTER TABLE batch_items_anew RENAME TO batch_items;
CREATE INDEX batches_profile ON batches (profile_id, created_at);
CREATE INDEX batches_waiting ON batches (created_at, id) WHERE finished_at IS NULL;
