-- What lay below a profile once: there is little of it, and much that still does.
-- +goose Up

CREATE INDEX profile_places_left ON profile_places (ancestor_id, until_at) WHERE until_at IS NOT NULL;
