-- People are told when the statement of a month is complete.
-- +goose Up

ALTER TABLE profiles ADD COLUMN statement_told TEXT NOT NULL DEFAULT ''; -- 2026-03: the last month of which they were told

CREATE TABLE mail_choices_anew (
    person_id TEXT NOT NULL REFERENCES persons (id),
    topic     TEXT NOT NULL CHECK (topic IN ('ends', 'allowances', 'requests', 'statements')),
    choice    TEXT NOT NULL CHECK (choice IN ('at_once', 'daily', 'off')),
    PRIMARY KEY (person_id, topic)
);
INSERT INTO mail_choices_anew (person_id, topic, choice) SELECT person_id, topic, choice FROM mail_choices;
DROP TABLE mail_choices;
ALTER TABLE mail_choices_anew RENAME TO mail_choices;
