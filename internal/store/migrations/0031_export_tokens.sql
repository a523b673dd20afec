-- Programs take lists along, too; and how many files are made for one at a time is certain.
-- +goose Up

ALTER TABLE exports ADD COLUMN pass_id TEXT NOT NULL DEFAULT '';  -- of the token that it is for, instead of a session; empty: a person's
ALTER TABLE exports ADD COLUMN owner_id TEXT NOT NULL DEFAULT ''; -- the login whose session or token that is, at home
ALTER TABLE exports ADD COLUMN slot BIGINT;                       -- of those that one has for what is being made; null: from before there were any

UPDATE exports SET owner_id = login_id;
CREATE INDEX exports_pass ON exports (pass_id) WHERE pass_id <> '';
CREATE UNIQUE INDEX exports_running ON exports (owner_id, slot) WHERE finished_at IS NULL;
