-- Requests are about what there is, too, and are talked about; for some, two have to approve.
-- +goose Up

CREATE TABLE requests_anew (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    login_id   TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('development', 'profile', 'agent', 'login', 'renewal', 'plan', 'end', 'allowance')),
    wish       TEXT NOT NULL, -- JSON
    wish_fold  TEXT NOT NULL, -- the wished-for name
    plan_id    TEXT REFERENCES plans (id),
    subject    TEXT NOT NULL, -- ID of the license or allowance that it is about; empty: it is for something new
    note       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decision   TEXT NOT NULL CHECK (decision IN ('', 'approved', 'declined', 'withdrawn')),
    reason     TEXT NOT NULL,
    object     TEXT NOT NULL, -- ID of what the approval made or changed
    version    BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    FOREIGN KEY (profile_id, login_id) REFERENCES logins (profile_id, id)
);
INSERT INTO requests_anew (id, profile_id, login_id, kind, wish, wish_fold, plan_id, subject, note, created_at,
    decided_at, decision, reason, object, version)
SELECT id, profile_id, login_id, kind, wish, wish_fold, plan_id, '', note, created_at, decided_at, decision, reason, object, version FROM requests;
DROP TABLE requests;
ALTER TABLE requests_anew RENAME TO requests;
CREATE INDEX requests_profile ON requests (profile_id, created_at);
CREATE INDEX requests_subject ON requests (subject) WHERE subject <> '';
CREATE INDEX requests_waiting ON requests (profile_id, created_at) WHERE decision = '';

-- An approval is that of the first of two who have to approve a request.
CREATE TABLE request_approvals (
    request_id          TEXT PRIMARY KEY,
    profile_id          TEXT NOT NULL REFERENCES profiles (id), -- that asks
    approver_profile_id TEXT NOT NULL,
    approver_login_id   TEXT NOT NULL,
    at                  BIGINT NOT NULL,
    FOREIGN KEY (profile_id, request_id) REFERENCES requests (profile_id, id),
    FOREIGN KEY (approver_profile_id, approver_login_id) REFERENCES logins (profile_id, id)
);

-- A comment is what somebody of the profile that asks, or of one above it, said about
-- a request.
CREATE TABLE request_comments (
    id                TEXT PRIMARY KEY,
    profile_id        TEXT NOT NULL REFERENCES profiles (id), -- that asks
    request_id        TEXT NOT NULL,
    author_profile_id TEXT NOT NULL,
    author_login_id   TEXT NOT NULL,
    body              TEXT NOT NULL,
    at                BIGINT NOT NULL,
    FOREIGN KEY (profile_id, request_id) REFERENCES requests (profile_id, id),
    FOREIGN KEY (author_profile_id, author_login_id) REFERENCES logins (profile_id, id)
);
CREATE INDEX request_comments_request ON request_comments (request_id, at);
