-- +goose Up

-- Whether those above may enter the profile with Login as: allowed; ask, with
-- the consent of an owner; or never.
ALTER TABLE profiles ADD COLUMN support_access TEXT NOT NULL DEFAULT 'allowed'
    CHECK (support_access IN ('allowed', 'ask', 'never'));

-- A consent is somebody of a profile above asking to be let into a profile until
-- a day, and what its owners answered.
CREATE TABLE consents (
    id               TEXT PRIMARY KEY,
    profile_id       TEXT NOT NULL REFERENCES profiles (id), -- that is asked
    asker_login_id   TEXT NOT NULL,                          -- who wants in
    asker_profile_id TEXT NOT NULL,
    reason           TEXT NOT NULL,
    ticket           TEXT NOT NULL,
    until_at         BIGINT NOT NULL, -- when it ends, granted or not
    created_at       BIGINT NOT NULL,
    answer           TEXT NOT NULL CHECK (answer IN ('', 'granted', 'refused', 'withdrawn', 'revoked')),
    answered_at      BIGINT,
    once             BOOLEAN NOT NULL, -- granted for a single entry
    used_at          BIGINT,           -- when that was
    version          BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (asker_profile_id, asker_login_id) REFERENCES logins (profile_id, id),
    CHECK ((answer = '') = (answered_at IS NULL))
);
CREATE INDEX consents_profile ON consents (profile_id, created_at);
CREATE INDEX consents_asker ON consents (asker_login_id, profile_id);

-- A consent link lets one owner answer one consent from the mail that told of it.
CREATE TABLE consent_links (
    token_hash BYTEA PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    consent_id TEXT NOT NULL,
    login_id   TEXT NOT NULL, -- the owner's
    FOREIGN KEY (profile_id, consent_id) REFERENCES consents (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX consent_links_consent ON consent_links (consent_id);

-- How an acting session ended, under which consent it began, and whether the
-- vendor broke the glass for it.
ALTER TABLE acting_sessions ADD COLUMN end_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE acting_sessions ADD COLUMN consent_id TEXT REFERENCES consents (id);
ALTER TABLE acting_sessions ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX acting_sessions_open ON acting_sessions (expires_at) WHERE ended_at IS NULL;
