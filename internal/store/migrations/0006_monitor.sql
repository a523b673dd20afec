-- What ConnectAgents tell, how they were, and who is told when one falls silent.

-- +goose Up

-- The last status that agent_states has of it.
ALTER TABLE connectagents ADD COLUMN state TEXT NOT NULL DEFAULT 'never';

-- A notification is something that a ConnectAgent told of its work, on one of its
-- activations.
CREATE TABLE agent_notifications (
    id              TEXT PRIMARY KEY,
    profile_id      TEXT NOT NULL REFERENCES profiles (id),
    agent_id        TEXT NOT NULL,
    activation_id   TEXT NOT NULL,
    level           TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    location        TEXT NOT NULL, -- as the agent said
    message         TEXT NOT NULL,
    at              BIGINT NOT NULL, -- as the agent said, but not later than it came in
    received_at     BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT NOT NULL,   -- ID of a login, perhaps of a profile above; empty: nobody's
    FOREIGN KEY (profile_id, agent_id) REFERENCES connectagents (profile_id, id),
    FOREIGN KEY (profile_id, activation_id) REFERENCES activations (profile_id, id)
);
CREATE INDEX agent_notifications_profile ON agent_notifications (profile_id, at);
CREATE INDEX agent_notifications_agent ON agent_notifications (agent_id, at);
CREATE INDEX agent_notifications_activation ON agent_notifications (activation_id, at);

-- A row says that from then on a ConnectAgent was in a state: online and well,
-- with warnings or errors, overdue, offline; before its first it was never seen.
CREATE TABLE agent_states (
    agent_id   TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    at         BIGINT NOT NULL,
    state      TEXT NOT NULL,
    PRIMARY KEY (agent_id, at),
    FOREIGN KEY (profile_id, agent_id) REFERENCES connectagents (profile_id, id)
);
CREATE INDEX agent_states_at ON agent_states (at);

-- A row says that somebody is to be told when a ConnectAgent falls silent.
CREATE TABLE agent_alarms (
    agent_id   TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    after      BIGINT NOT NULL, -- minutes of silence
    address    TEXT NOT NULL,   -- that a mail goes to
    raised_at  BIGINT,          -- null: it is not known to be silent
    version    BIGINT NOT NULL,
    FOREIGN KEY (profile_id, agent_id) REFERENCES connectagents (profile_id, id)
);
