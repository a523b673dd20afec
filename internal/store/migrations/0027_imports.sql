-- Partners, licenses and logins are made from files that somebody sends.
-- +goose Up

-- An import is one file with rows of what is to be made. Its rows are deleted once they
-- are of no more use; what became of them stays here.
CREATE TABLE imports (
    id            TEXT PRIMARY KEY,
    profile_id    TEXT NOT NULL REFERENCES profiles (id), -- of whoever sent it
    login_id      TEXT NOT NULL,
    pass_id       TEXT NOT NULL,   -- of the token that it was sent with; empty: a person did
    kind          TEXT NOT NULL CHECK (kind IN ('partners', 'licenses', 'logins')),
    state         TEXT NOT NULL CHECK (state IN ('matching', 'checking', 'ready', 'faulty', 'applying', 'applied', 'failed', 'discarded', 'lapsed')),
    filename      TEXT NOT NULL,
    headings      TEXT NOT NULL,   -- JSON: of its columns
    columns       TEXT NOT NULL,   -- JSON: which of them holds what
    total         BIGINT NOT NULL, -- rows
    done          BIGINT NOT NULL, -- rows that were looked at so far
    bad           BIGINT NOT NULL, -- of these, what cannot be made
    problem       TEXT NOT NULL,   -- JSON: why it does not go on; empty: it does
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL, -- its state
    claimed_until BIGINT NOT NULL, -- until then somebody is working on it
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX imports_profile ON imports (profile_id, created_at);
CREATE INDEX imports_waiting ON imports (changed_at, id) WHERE state IN ('checking', 'applying');
CREATE INDEX imports_open ON imports (changed_at) WHERE state IN ('matching', 'ready', 'faulty', 'failed');

-- A part is some hundred rows of the file of an import, and what is wrong with them.
CREATE TABLE import_parts (
    import_id  TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id), -- the import's
    number     BIGINT NOT NULL, -- from 1
    lines      TEXT NOT NULL,   -- JSON
    bad        BIGINT NOT NULL, -- rows of it that cannot be made
    problems   TEXT NOT NULL,   -- JSON: why
    PRIMARY KEY (import_id, number),
    FOREIGN KEY (profile_id, import_id) REFERENCES imports (profile_id, id)
);

-- Files name profiles by what they are called.
CREATE INDEX profiles_name ON profiles (name_fold);
CREATE INDEX billing_terms_billing ON billing_terms (billing_id) WHERE billing_id <> '';
