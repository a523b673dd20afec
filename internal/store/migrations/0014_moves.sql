-- Profiles move from one parent to another.
-- +goose Up

-- A move is a profile on its way from one parent to another, and who agreed to it.
-- Its names are those of when it was proposed, as the sides do not see each other.
CREATE TABLE moves (
    id               TEXT PRIMARY KEY,
    profile_id       TEXT NOT NULL REFERENCES profiles (id), -- that moves
    profile_name     TEXT NOT NULL,
    from_id          TEXT NOT NULL REFERENCES profiles (id),
    from_name        TEXT NOT NULL,
    to_id            TEXT REFERENCES profiles (id),          -- null until the vendor chose
    to_name          TEXT NOT NULL,
    vendor_id        TEXT NOT NULL REFERENCES profiles (id),
    whom             TEXT NOT NULL, -- who should take it, in the words of whoever proposed it
    reason           TEXT NOT NULL,
    asker_profile_id TEXT NOT NULL,
    asker_login_id   TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    given_at         BIGINT, -- when the giving side agreed
    taken_at         BIGINT, -- the taking side
    allowed_at       BIGINT, -- the vendor
    decision         TEXT NOT NULL CHECK (decision IN ('', 'done', 'declined', 'withdrawn')),
    decided_at       BIGINT,
    why              TEXT NOT NULL,
    version          BIGINT NOT NULL,
    FOREIGN KEY (asker_profile_id, asker_login_id) REFERENCES logins (profile_id, id),
    CHECK ((decision = '') = (decided_at IS NULL))
);
CREATE INDEX moves_profile ON moves (profile_id);
CREATE INDEX moves_from ON moves (from_id, created_at);
CREATE INDEX moves_to ON moves (to_id, created_at);
