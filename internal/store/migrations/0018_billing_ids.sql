-- What another system calls a license, and who set how something is billed.
-- +goose Up

ALTER TABLE licenses ADD COLUMN billing_id TEXT NOT NULL DEFAULT '';
ALTER TABLE licenses ADD COLUMN billing_id_fold TEXT NOT NULL DEFAULT '';

-- Which profile said so: it ends once that no longer sees whom it is about.
ALTER TABLE licenses ADD COLUMN billing_by TEXT NOT NULL DEFAULT '';
ALTER TABLE billing_terms ADD COLUMN by_id TEXT NOT NULL DEFAULT '';
