-- What a program sends twice is done once.
-- +goose Up

-- A row is a request that was done, with its answer: who sends it again gets that. It is
-- written together with what was done, and forgotten after a day.
CREATE TABLE requests_done (
    pass_id TEXT NOT NULL REFERENCES tokens (id), -- of whoever sent it
    once_key TEXT NOT NULL,   -- chosen by whoever sent it
    digest   BYTEA NOT NULL,  -- of the request
    at       BIGINT NOT NULL,
    status   BIGINT NOT NULL, -- of the answer; 0: not known yet, or lost
    location TEXT NOT NULL,
    etag     TEXT NOT NULL,
    body     BYTEA,           -- sealed
    PRIMARY KEY (pass_id, once_key)
);
CREATE INDEX requests_done_at ON requests_done (at);
