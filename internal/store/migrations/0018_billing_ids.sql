-- What another system calls a license.
-- +goose Up

ALTER TABLE licenses ADD COLUMN billing_id TEXT NOT NULL DEFAULT '';
