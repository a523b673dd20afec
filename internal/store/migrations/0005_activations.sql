-- ConnectAgents activate, check their license and send heartbeats.

-- +goose Up

-- What a plan promises beside its term, and what it promised when a license was
-- issued: JSON, of which what is missing is as by default (plaza.Terms).
ALTER TABLE plans ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE licenses ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE licenses ADD COLUMN updated_at BIGINT;
ALTER TABLE licenses ADD COLUMN checked_out_at BIGINT;         -- last file
ALTER TABLE licenses ADD COLUMN build TEXT NOT NULL DEFAULT ''; -- the version that a check last named

-- A signing key is what answers, license keys and files of the agents' API are
-- signed with. The newest whose time has come signs; older ones still verify.
CREATE TABLE signing_keys (
    id         TEXT PRIMARY KEY,
    public     BYTEA NOT NULL,
    sealed     BYTEA NOT NULL, -- the private key, encrypted under the installation's secret
    created_at BIGINT NOT NULL,
    signs_at   BIGINT NOT NULL -- from when on
);

-- An activation is a ConnectAgent's license bound to one machine. It is kept when
-- it ends.
CREATE TABLE activations (
    id               TEXT PRIMARY KEY,
    profile_id       TEXT NOT NULL REFERENCES profiles (id),
    license_id       TEXT NOT NULL,
    agent_id         TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    fingerprint_hash TEXT NOT NULL, -- an index takes no text of any length
    name             TEXT NOT NULL,
    host             TEXT NOT NULL,
    platform         TEXT NOT NULL,
    ip               TEXT NOT NULL, -- as the agent said
    cores            BIGINT NOT NULL,
    memory           BIGINT NOT NULL,
    disk             BIGINT NOT NULL,
    metadata         TEXT NOT NULL, -- JSON
    address          TEXT NOT NULL, -- as it came in
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    checked_out_at   BIGINT,
    cloned_at        BIGINT,        -- when two processes were seen to beat for it
    ended_at         BIGINT,
    ended_why        TEXT NOT NULL,
    ended_by         TEXT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, license_id) REFERENCES licenses (profile_id, id),
    FOREIGN KEY (profile_id, agent_id) REFERENCES connectagents (profile_id, id)
);
CREATE UNIQUE INDEX activations_standing ON activations (license_id, fingerprint_hash) WHERE ended_at IS NULL;
CREATE INDEX activations_fingerprint ON activations (fingerprint_hash) WHERE ended_at IS NULL;
CREATE INDEX activations_license ON activations (license_id, created_at);
CREATE INDEX activations_agent ON activations (agent_id, created_at);

-- A pulse is when something was last heard of: the heartbeat of an activation or a
-- process, or the check of a license. It has that one's ID, and is narrow because
-- all of them are written every minute.
CREATE TABLE pulses (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    goodbye_at BIGINT,          -- said that it would stop; null: not since then
    generation BIGINT NOT NULL  -- of heartbeats
);

-- A component is a piece of a machine's hardware.
CREATE TABLE components (
    id               TEXT PRIMARY KEY,
    profile_id       TEXT NOT NULL REFERENCES profiles (id),
    license_id       TEXT NOT NULL,
    activation_id    TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    fingerprint_hash TEXT NOT NULL,
    name             TEXT NOT NULL,
    metadata         TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    ended_at         BIGINT,
    FOREIGN KEY (profile_id, activation_id) REFERENCES activations (profile_id, id)
);
CREATE UNIQUE INDEX components_standing ON components (activation_id, fingerprint_hash) WHERE ended_at IS NULL;
CREATE INDEX components_fingerprint ON components (fingerprint_hash) WHERE ended_at IS NULL;

-- A process is an integration process inside a ConnectAgent.
CREATE TABLE processes (
    id            TEXT PRIMARY KEY,
    profile_id    TEXT NOT NULL REFERENCES profiles (id),
    license_id    TEXT NOT NULL,
    activation_id TEXT NOT NULL,
    pid           TEXT NOT NULL,
    pid_hash      TEXT NOT NULL,
    metadata      TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    FOREIGN KEY (profile_id, activation_id) REFERENCES activations (profile_id, id)
);
CREATE UNIQUE INDEX processes_standing ON processes (activation_id, pid_hash) WHERE ended_at IS NULL;
CREATE INDEX processes_license ON processes (license_id) WHERE ended_at IS NULL;

-- A row says that something changed of which every node of Plaza keeps a copy: a
-- license with its activations, or whether a profile, and all below it, stands
-- still. Each node looks every second for rows that it has not seen.
CREATE TABLE fleet_changes (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    license_id TEXT NOT NULL -- empty: a profile's
);
CREATE INDEX fleet_changes_at ON fleet_changes (at);

-- The activation on which a ConnectAgent was last heard of. Until now an agent was
-- only said to be activated: it gets an activation by its own ID.
ALTER TABLE connectagents ADD COLUMN activation_id TEXT;
INSERT INTO activations (id, profile_id, license_id, agent_id, fingerprint, fingerprint_hash, name, host, platform, ip, cores, memory, disk,
    metadata, address, created_at, updated_at, ended_why, ended_by)
SELECT id, profile_id, license_id, id, 'unknown ' || id, id, '', host, platform, '', 0, 0, 0, '', '', activated_at, activated_at, '', ''
FROM connectagents WHERE activated_at IS NOT NULL;
INSERT INTO pulses (id, at, goodbye_at, generation) SELECT id, seen_at, goodbye_at, 0 FROM connectagents WHERE seen_at IS NOT NULL;
UPDATE connectagents SET activation_id = id WHERE activated_at IS NOT NULL;
ALTER TABLE connectagents DROP COLUMN seen_at;
ALTER TABLE connectagents DROP COLUMN goodbye_at;
