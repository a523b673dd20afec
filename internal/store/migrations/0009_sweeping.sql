-- What is asked all the time, and what is swept up, is found by an index.

-- +goose Up

CREATE INDEX components_license ON components (license_id) WHERE ended_at IS NULL;
