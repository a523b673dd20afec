-- People are told before a license ends, and choose when they are mailed.
-- +goose Up

-- A row is how many days before the end of a license of a kind, which the profile or one
-- below it holds, people are told of it.
CREATE TABLE expiry_steps (
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('development', 'partner', 'enterprise', 'connectagent')),
    steps      TEXT NOT NULL, -- the most first, with commas; empty: nobody is told
    PRIMARY KEY (profile_id, kind)
);

-- The end of which people were last told, and at which step.
ALTER TABLE licenses ADD COLUMN told_end  BIGINT;
ALTER TABLE licenses ADD COLUMN told_step BIGINT;
CREATE INDEX licenses_ending ON licenses (ends_at, id) WHERE ended_at IS NULL;

-- A row is when a person wants to be mailed about a topic; without one it is at once.
CREATE TABLE mail_choices (
    person_id TEXT NOT NULL REFERENCES persons (id),
    topic     TEXT NOT NULL CHECK (topic IN ('ends', 'allowances', 'requests')),
    choice    TEXT NOT NULL CHECK (choice IN ('at_once', 'daily', 'off')),
    PRIMARY KEY (person_id, topic)
);
CREATE INDEX mail_choices_daily ON mail_choices (person_id) WHERE choice = 'daily';

ALTER TABLE logins ADD COLUMN digest_at BIGINT; -- up to when notices were mailed in one
