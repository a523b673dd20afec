-- +goose Up

-- What was done in an acting session is counted and listed by that session.
CREATE INDEX audit_events_acting ON audit_events (acting_id, at, id) WHERE acting_id <> '';
