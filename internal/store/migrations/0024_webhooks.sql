-- Events are sent to addresses that profiles name.
-- +goose Up

-- A webhook is an address to which a profile has events sent. It reads the sealed audit
-- log from a position of its own on.
CREATE TABLE webhooks (
    id            TEXT PRIMARY KEY,
    profile_id    TEXT NOT NULL REFERENCES profiles (id),
    name          TEXT NOT NULL,
    url           TEXT NOT NULL,
    kinds         TEXT NOT NULL,   -- of the events that are sent, with blanks between; empty: all
    secret        BYTEA NOT NULL,  -- sealed; what is sent is signed with it
    old_secret    BYTEA,           -- sealed; the one before, with which it is signed, too
    old_until     BIGINT,          -- until then
    created_at    BIGINT NOT NULL,
    position      BIGINT NOT NULL, -- of the first event of the log that was not looked at
    told          BIGINT NOT NULL, -- number of the newest delivery
    paused_at     BIGINT,
    why           TEXT NOT NULL CHECK (why IN ('', 'hand', 'failing', 'gone')),
    failures      BIGINT NOT NULL, -- one after the other
    failing_since BIGINT,
    delivered_at  BIGINT,          -- the last that was
    next_at       BIGINT NOT NULL, -- nothing is tried before, as it fails
    claimed_until BIGINT NOT NULL, -- until then somebody else is delivering
    version       BIGINT NOT NULL,
    UNIQUE (profile_id, id)
);

-- A delivery is one event for one webhook.
CREATE TABLE deliveries (
    id          TEXT PRIMARY KEY,
    profile_id  TEXT NOT NULL REFERENCES profiles (id), -- the webhook's
    webhook_id  TEXT NOT NULL,
    number      BIGINT NOT NULL, -- in its webhook, from 1
    event_id    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject_id  TEXT NOT NULL,   -- the profile in which it happened, while that is below the webhook's
    object_id   TEXT NOT NULL,   -- what is about the same stays in order
    name        TEXT NOT NULL,
    at          BIGINT NOT NULL, -- when it happened
    body        TEXT NOT NULL,   -- JSON, as it is sent
    created_at  BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    tries       BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    finished_at BIGINT,
    status      BIGINT NOT NULL, -- of the last answer; 0: there was none
    UNIQUE (profile_id, id),
    UNIQUE (webhook_id, number),
    UNIQUE (webhook_id, event_id),
    FOREIGN KEY (profile_id, webhook_id) REFERENCES webhooks (profile_id, id)
);
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, number) WHERE finished_at IS NULL;
CREATE INDEX deliveries_object ON deliveries (webhook_id, object_id, number) WHERE finished_at IS NULL;
CREATE INDEX deliveries_webhook ON deliveries (webhook_id, at, id);
CREATE INDEX deliveries_subject ON deliveries (subject_id);
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;

-- A row is one try to deliver something.
CREATE TABLE delivery_tries (
    delivery_id TEXT NOT NULL,
    profile_id  TEXT NOT NULL REFERENCES profiles (id), -- the delivery's
    number      BIGINT NOT NULL, -- from 1
    at          BIGINT NOT NULL,
    took        BIGINT NOT NULL, -- microseconds
    status      BIGINT NOT NULL, -- of the answer; 0: there was none
    problem     TEXT NOT NULL,   -- empty: it was delivered
    detail      TEXT NOT NULL,
    headers     TEXT NOT NULL,   -- of the request
    answer      TEXT NOT NULL,   -- the beginning of it
    PRIMARY KEY (delivery_id, number),
    FOREIGN KEY (profile_id, delivery_id) REFERENCES deliveries (profile_id, id)
);
