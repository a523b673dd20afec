-- Work on many things that a program started ends with its token.
-- +goose Up

ALTER TABLE batches ADD COLUMN pass_id TEXT NOT NULL DEFAULT ''; -- of the token that it was started with; empty: a person did
