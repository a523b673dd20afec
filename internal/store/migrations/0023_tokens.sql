-- Programs come in by the REST API.
-- +goose Up

-- A token lets a program in, which may do some of what its login may. Only a digest of it
-- is kept that nobody computes without the installation's secret.
CREATE TABLE tokens (
    id              TEXT PRIMARY KEY,
    profile_id      TEXT NOT NULL REFERENCES profiles (id),
    login_id        TEXT NOT NULL,                          -- that it stands for
    shared          BOOLEAN NOT NULL,                       -- it is the profile's, and another login may take it over
    name            TEXT NOT NULL,
    name_fold       TEXT NOT NULL,
    hint            TEXT NOT NULL,                          -- its last characters
    token_hash      BYTEA NOT NULL UNIQUE,
    root_profile_id TEXT NOT NULL REFERENCES profiles (id), -- it reaches this one and all below it
    verbs           TEXT NOT NULL,                          -- JSON: what it was made for
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    used_at         BIGINT,                                 -- to a minute
    used_from       TEXT NOT NULL,
    revoked_at      BIGINT,
    version         BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX tokens_profile ON tokens (profile_id, created_at);
CREATE INDEX tokens_login ON tokens (login_id);

-- With which token something was done.
ALTER TABLE audit_events ADD COLUMN pass_id TEXT NOT NULL DEFAULT '';
