-- People are told before a token expires.
-- +goose Up

ALTER TABLE tokens ADD COLUMN told_step BIGINT; -- how many days before it expires people were last told; null: they were not
CREATE INDEX tokens_expiring ON tokens (expires_at, id) WHERE revoked_at IS NULL;

CREATE TABLE mail_choices_anew (
    person_id TEXT NOT NULL REFERENCES persons (id),
    topic     TEXT NOT NULL CHECK (topic IN ('ends', 'allowances', 'requests', 'statements', 'tokens')),
    choice    TEXT NOT NULL CHECK (choice IN ('at_once', 'daily', 'off')),
    PRIMARY KEY (person_id, topic)
);
INSERT INTO mail_choices_anew (person_id, topic, choice) SELECT person_id, topic, choice FROM mail_choices;
DROP TABLE mail_choices;
ALTER TABLE mail_choices_anew RENAME TO mail_choices;
