-- Lists are taken along as files that are made while nobody waits.
-- +goose Up

-- An export is a file that is made of a list. It is for one session, and for nobody else.
CREATE TABLE exports (
    id            TEXT PRIMARY KEY,
    profile_id    TEXT NOT NULL REFERENCES profiles (id), -- of whoever asked for it
    login_id      TEXT NOT NULL,   -- who did, or as whom somebody acted
    role          TEXT NOT NULL,   -- of that login then; with another, one may see something else
    session_id    TEXT NOT NULL,   -- it ends with it, and is found dead when that is gone
    acting_id     TEXT NOT NULL,   -- of the acting session; empty: there was none
    list          TEXT NOT NULL,
    query         TEXT NOT NULL,   -- what the list is filtered and sorted by
    form          TEXT NOT NULL,
    language      TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    total         BIGINT NOT NULL, -- rows that the list had then
    done          BIGINT NOT NULL, -- rows that are in the file so far
    size          BIGINT NOT NULL, -- bytes, once it is finished
    parts         BIGINT NOT NULL,
    turn          BIGINT NOT NULL, -- how often it was begun
    claimed_until BIGINT NOT NULL, -- until then somebody is making it
    finished_at   BIGINT,
    expires_at    BIGINT,          -- nobody can download it from then on
    problem       TEXT NOT NULL,   -- JSON; empty: there is none
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX exports_session ON exports (session_id);
CREATE INDEX exports_waiting ON exports (created_at) WHERE finished_at IS NULL;

-- A row is a part of the file of an export.
CREATE TABLE export_parts (
    export_id  TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id), -- the export's
    number     BIGINT NOT NULL, -- from 1
    body       BYTEA NOT NULL,  -- compressed, each part by itself
    PRIMARY KEY (export_id, number),
    FOREIGN KEY (profile_id, export_id) REFERENCES exports (profile_id, id)
);
