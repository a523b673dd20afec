-- Times are microseconds since 1970, UTC, so that both engines store, compare
-- and sort them alike. IDs are UUIDs of version 7, made by the application. A
-- column *_fold holds its neighbour in lower case, made by the application too:
-- SQLite lowers ASCII only.

-- +goose Up

-- A setting is one fact about the whole installation.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- A profile is a tenant. Profiles form a tree.
CREATE TABLE profiles (
    id             TEXT PRIMARY KEY,
    parent_id      TEXT REFERENCES profiles (id),
    kind           TEXT NOT NULL CHECK (kind IN ('vendor', 'reseller', 'partner', 'enterprise')),
    name           TEXT NOT NULL,
    name_fold      TEXT NOT NULL,
    support_email  TEXT NOT NULL,
    warning_days   BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    suspended_at   BIGINT,
    suspend_reason TEXT NOT NULL,
    closed_at      BIGINT,
    halted         BOOLEAN NOT NULL, -- it, or a profile above it, is suspended or closed
    version        BIGINT NOT NULL,
    CHECK ((parent_id IS NULL) = (kind = 'vendor'))
);
CREATE UNIQUE INDEX profiles_one_vendor ON profiles (kind) WHERE kind = 'vendor';
CREATE INDEX profiles_parent ON profiles (parent_id);

-- A row says that profile_id is ancestor_id or lies depth levels below it.
-- "Everything below me" is one range of this table.
CREATE TABLE profile_tree (
    ancestor_id TEXT NOT NULL REFERENCES profiles (id),
    profile_id  TEXT NOT NULL REFERENCES profiles (id),
    depth       BIGINT NOT NULL,
    PRIMARY KEY (ancestor_id, profile_id)
);
CREATE INDEX profile_tree_profile ON profile_tree (profile_id, ancestor_id);

-- A person is a human with credentials.
CREATE TABLE persons (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,
    email_fold    TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT, -- null until an invitation is accepted
    language      TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL
);

-- A login is a person's access to one profile. Its name is what that profile
-- calls the person: nobody learns what another profile calls it.
CREATE TABLE logins (
    id           TEXT PRIMARY KEY,
    profile_id   TEXT NOT NULL REFERENCES profiles (id),
    person_id    TEXT NOT NULL REFERENCES persons (id),
    name         TEXT NOT NULL,
    name_fold    TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('owner', 'administrator', 'manager', 'support', 'auditor', 'member')),
    dashboard    BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    accepted_at  BIGINT,
    disabled_at  BIGINT,
    signed_in_at BIGINT,
    version      BIGINT NOT NULL,
    UNIQUE (profile_id, person_id),
    UNIQUE (profile_id, id)
);
CREATE INDEX logins_person ON logins (person_id);

-- A session is one browser that is signed in. Its token changes when it starts
-- or stops acting; only the hash is kept.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id  TEXT NOT NULL REFERENCES persons (id),
    login_id   TEXT REFERENCES logins (id), -- null until a profile is chosen
    acting_id  TEXT,                        -- the acting session it is in
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    address    TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

-- An acting session is somebody of a profile above at work in another profile.
CREATE TABLE acting_sessions (
    id                TEXT PRIMARY KEY,
    session_id        TEXT NOT NULL, -- outlives the session
    actor_login_id    TEXT NOT NULL REFERENCES logins (id),
    actor_profile_id  TEXT NOT NULL REFERENCES profiles (id),
    target_login_id   TEXT NOT NULL,
    target_profile_id TEXT NOT NULL,
    mode              TEXT NOT NULL CHECK (mode IN ('look', 'manage')),
    reason            TEXT NOT NULL,
    ticket            TEXT NOT NULL,
    started_at        BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL,
    ended_at          BIGINT,
    FOREIGN KEY (target_profile_id, target_login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX acting_sessions_target ON acting_sessions (target_profile_id, started_at);
CREATE UNIQUE INDEX acting_sessions_one ON acting_sessions (session_id) WHERE ended_at IS NULL;

-- An invitation is the link that lets somebody take up a login.
CREATE TABLE invitations (
    token_hash BYTEA PRIMARY KEY,
    login_id   TEXT NOT NULL REFERENCES logins (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX invitations_login ON invitations (login_id);

-- A password reset is the link that lets a person choose a new password.
CREATE TABLE password_resets (
    token_hash BYTEA PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES persons (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX password_resets_person ON password_resets (person_id);

-- A row counts what somebody without a session tried of late: signing in to an
-- account, or from an address.
CREATE TABLE attempts (
    subject    TEXT PRIMARY KEY,
    failures   BIGINT NOT NULL,
    blocked_at BIGINT NOT NULL -- no further try before
);

-- A plan is an entry of the catalogue.
CREATE TABLE plans (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('development', 'partner', 'enterprise', 'connectagent')),
    name        TEXT NOT NULL UNIQUE,
    term_months BIGINT NOT NULL, -- 0: without end
    grace_days  BIGINT NOT NULL,
    trial       BOOLEAN NOT NULL,
    machines    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
);

-- A license is a profile's right under a plan, with what the plan promised when
-- it was issued.
CREATE TABLE licenses (
    id             TEXT PRIMARY KEY,
    profile_id     TEXT NOT NULL REFERENCES profiles (id),
    plan_id        TEXT NOT NULL REFERENCES plans (id),
    kind           TEXT NOT NULL CHECK (kind IN ('development', 'partner', 'enterprise', 'connectagent')),
    name           TEXT NOT NULL,
    name_fold      TEXT NOT NULL,
    key_digest     BYTEA NOT NULL UNIQUE, -- keyed, for finding the license by its key
    key_sealed     BYTEA NOT NULL,        -- encrypted under the installation's secret
    key_hint       TEXT NOT NULL,         -- its last characters
    starts_at      BIGINT NOT NULL,
    ends_at        BIGINT,                -- null: never
    grace_ends_at  BIGINT,
    grace_days     BIGINT NOT NULL,
    machines       BIGINT NOT NULL,
    trial          BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    suspended_at   BIGINT,
    suspend_reason TEXT NOT NULL,
    ended_at       BIGINT,
    version        BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    CHECK ((ends_at IS NULL) = (grace_ends_at IS NULL)),
    CHECK (ends_at > starts_at)
);
CREATE INDEX licenses_profile ON licenses (profile_id, kind);

-- A ConnectAgent is one runtime, with what it last said of itself.
CREATE TABLE connectagents (
    id           TEXT PRIMARY KEY,
    profile_id   TEXT NOT NULL REFERENCES profiles (id),
    license_id   TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    name_fold    TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    activated_at BIGINT,
    seen_at      BIGINT,
    goodbye_at   BIGINT,
    health       TEXT NOT NULL CHECK (health IN ('ok', 'warning', 'error')),
    message      TEXT NOT NULL,
    build        TEXT NOT NULL,
    host         TEXT NOT NULL,
    platform     TEXT NOT NULL,
    version      BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, license_id) REFERENCES licenses (profile_id, id)
);

-- A request is a normal profile's wish on its way to whoever may grant it.
CREATE TABLE requests (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    login_id   TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('development', 'profile', 'agent', 'login')),
    wish       TEXT NOT NULL, -- JSON
    wish_fold  TEXT NOT NULL, -- the wished-for name
    plan_id    TEXT REFERENCES plans (id),
    note       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decision   TEXT NOT NULL CHECK (decision IN ('', 'approved', 'declined', 'withdrawn')),
    reason     TEXT NOT NULL,
    object     TEXT NOT NULL, -- ID of what the approval made
    version    BIGINT NOT NULL,
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX requests_profile ON requests (profile_id, created_at);

-- A notice is something the person behind a login should know.
CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    login_id   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    about      TEXT NOT NULL,
    object     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    read_at    BIGINT,
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX notices_login ON notices (login_id, at);

-- A mail is one message in the outbox.
CREATE TABLE mails (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    kind       TEXT NOT NULL,
    to_address TEXT NOT NULL,
    to_name    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    text_body  TEXT NOT NULL, -- emptied once it was sent: it may hold a link that opens something
    html_body  TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at    BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    sent_at    BIGINT,
    dead_at    BIGINT,
    last_error TEXT NOT NULL
);
CREATE INDEX mails_waiting ON mails (next_at) WHERE sent_at IS NULL AND dead_at IS NULL;

-- An audit event is one thing that was done or refused. Its profile and object
-- are as the actor named them, and after a refusal need not exist; so nothing
-- here refers to another table.
CREATE TABLE audit_events (
    id               TEXT PRIMARY KEY,
    at               BIGINT NOT NULL,
    verb             TEXT NOT NULL,
    result           TEXT NOT NULL CHECK (result IN ('done', 'refused')),
    refusal          TEXT NOT NULL, -- kind of the error
    actor_own        TEXT NOT NULL, -- one of Plaza's own actors
    actor_login_id   TEXT NOT NULL,
    actor_person_id  TEXT NOT NULL,
    actor_profile_id TEXT NOT NULL,
    via_login_id     TEXT NOT NULL, -- who was really at the keyboard
    via_person_id    TEXT NOT NULL,
    via_profile_id   TEXT NOT NULL,
    acting_id        TEXT NOT NULL,
    mode             TEXT NOT NULL,
    ticket           TEXT NOT NULL,
    profile_id       TEXT NOT NULL, -- whose data it concerned
    object_kind      TEXT NOT NULL,
    object_id        TEXT NOT NULL,
    object_name      TEXT NOT NULL,
    changes          TEXT NOT NULL, -- JSON
    reason           TEXT NOT NULL,
    address          TEXT NOT NULL,
    user_agent       TEXT NOT NULL,
    request_id       TEXT NOT NULL
);
CREATE INDEX audit_events_profile ON audit_events (profile_id, at, id);
CREATE INDEX audit_events_object ON audit_events (object_id, at, id);
