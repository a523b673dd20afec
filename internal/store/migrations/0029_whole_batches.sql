-- Work on many things can be done to all of them or to none.
-- +goose Up

ALTER TABLE batches ADD COLUMN whole BOOLEAN NOT NULL DEFAULT FALSE; -- to all or to none
