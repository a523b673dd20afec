-- Whoever signs in can be asked for more than a password.

-- +goose Up

-- A factor is a second proof of who a person is.
CREATE TABLE factors (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES persons (id),
    kind       TEXT NOT NULL CHECK (kind IN ('app')),
    name       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,  -- what its codes are made from
    step       BIGINT NOT NULL, -- of the last code that was taken: none is taken twice
    created_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX factors_person ON factors (person_id);

-- A recovery code counts once in the place of a factor.
CREATE TABLE recovery_codes (
    person_id   TEXT NOT NULL REFERENCES persons (id),
    code_digest BYTEA NOT NULL,
    used_at     BIGINT,
    PRIMARY KEY (person_id, code_digest)
);

-- A browser in which somebody is not asked for a second proof for a while.
CREATE TABLE browsers (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES persons (id),
    token_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address    TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX browsers_person ON browsers (person_id);

-- A profile that wants a second proof of its logins, or of those below it too.
CREATE TABLE factor_rules (
    profile_id TEXT NOT NULL PRIMARY KEY REFERENCES profiles (id),
    rule       TEXT NOT NULL CHECK (rule IN ('own', 'below'))
);

-- What a session still wants, and when its person last proved who they are.
ALTER TABLE sessions ADD COLUMN stage TEXT NOT NULL DEFAULT 'open' CHECK (stage IN ('open', 'factor', 'enrol'));
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
