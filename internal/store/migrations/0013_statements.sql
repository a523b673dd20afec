-- What was licensed to whom, and where, at every time: what statements are computed of.
-- +goose Up

-- A row says how a license stands for billing from a time on, until its next row. Rows
-- are only ever added, but for those of a license that is deleted within a day as a
-- mistake. They refer to no license: what was billed stays, whatever becomes of that.
CREATE TABLE ledger (
    license_id      TEXT NOT NULL,
    number          BIGINT NOT NULL,                       -- from 1, for each license
    profile_id      TEXT NOT NULL REFERENCES profiles (id), -- who holds it
    at              BIGINT NOT NULL,                       -- never before that of the row before
    plan_id         TEXT NOT NULL REFERENCES plans (id),
    edition         BIGINT NOT NULL,                       -- of the plan: what it costs
    kind            TEXT NOT NULL CHECK (kind IN ('development', 'partner', 'enterprise', 'connectagent')),
    starts_at       BIGINT NOT NULL,
    grace_ends_at   BIGINT,                                -- null: never, or it renews by itself
    suspended       BOOLEAN NOT NULL,                      -- it, or its profile, or one above that
    bills_suspended BOOLEAN NOT NULL,
    ended           BOOLEAN NOT NULL,
    trial           BOOLEAN NOT NULL,
    PRIMARY KEY (license_id, number)
);
CREATE INDEX ledger_profile ON ledger (profile_id, license_id);

-- What was before is as good as what stands in the licenses: each counts from when it
-- was made, as it is now, but for when it was suspended and when it ended. One that
-- was suspended and resumed before, renewed or put under another plan, does not show
-- it.
INSERT INTO ledger (license_id, number, profile_id, at, plan_id, edition, kind, starts_at, grace_ends_at, suspended, bills_suspended, ended, trial)
SELECT id, 1, profile_id, created_at, plan_id, edition, kind, starts_at, CASE WHEN renews THEN NULL ELSE grace_ends_at END,
    FALSE, bills_suspended, FALSE, trial
FROM licenses;
INSERT INTO ledger (license_id, number, profile_id, at, plan_id, edition, kind, starts_at, grace_ends_at, suspended, bills_suspended, ended, trial)
SELECT h.id, 2, h.profile_id, CASE WHEN h.since > h.created_at THEN h.since ELSE h.created_at END, h.plan_id, h.edition, h.kind, h.starts_at,
    CASE WHEN h.renews THEN NULL ELSE h.grace_ends_at END, TRUE, h.bills_suspended, FALSE, h.trial
FROM (
    SELECT k.*, CASE WHEN k.halt IS NULL OR k.suspended_at < k.halt THEN k.suspended_at ELSE k.halt END AS since
    FROM (
        SELECT l.*, (
            SELECT min(COALESCE(a.suspended_at, a.closed_at)) FROM profile_tree t JOIN profiles a ON a.id = t.ancestor_id
            WHERE t.profile_id = l.profile_id AND (a.suspended_at IS NOT NULL OR a.closed_at IS NOT NULL)) AS halt
        FROM licenses l
    ) k
) h WHERE h.since IS NOT NULL AND (h.ended_at IS NULL OR h.since < h.ended_at);
INSERT INTO ledger (license_id, number, profile_id, at, plan_id, edition, kind, starts_at, grace_ends_at, suspended, bills_suspended, ended, trial)
SELECT l.id, f.number + 1, f.profile_id, CASE WHEN l.ended_at > f.at THEN l.ended_at ELSE f.at END, f.plan_id, f.edition, f.kind, f.starts_at,
    f.grace_ends_at, f.suspended, f.bills_suspended, TRUE, f.trial
FROM licenses l JOIN ledger f ON f.license_id = l.id
WHERE l.ended_at IS NOT NULL AND f.number = (SELECT max(g.number) FROM ledger g WHERE g.license_id = l.id);

-- A row says that profile_id was ancestor_id, or lay depth levels below it, from a time
-- on until another: profile_tree through time. So a statement holds what was below a
-- profile then, whoever has it now.
CREATE TABLE profile_places (
    ancestor_id TEXT NOT NULL REFERENCES profiles (id),
    profile_id  TEXT NOT NULL REFERENCES profiles (id),
    depth       BIGINT NOT NULL,
    since_at    BIGINT NOT NULL,
    until_at    BIGINT,                   -- null: it still does
    name        TEXT NOT NULL DEFAULT '', -- what profile_id was called at the end; what it is called since is not for ancestor_id
    PRIMARY KEY (ancestor_id, profile_id, since_at)
);
CREATE INDEX profile_places_profile ON profile_places (profile_id, ancestor_id);
INSERT INTO profile_places (ancestor_id, profile_id, depth, since_at)
SELECT t.ancestor_id, t.profile_id, t.depth, p.created_at FROM profile_tree t JOIN profiles p ON p.id = t.profile_id;

-- A row says on which terms those above bill a profile from a time on, until its next
-- row. Rows are only ever added. Without one, it is those of the installation.
CREATE TABLE billing_terms (
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    number     BIGINT NOT NULL, -- from 1, for each profile
    since_at   BIGINT NOT NULL,
    currency   TEXT NOT NULL,
    discount   BIGINT NOT NULL CHECK (discount BETWEEN 0 AND 10000), -- hundredths of a percent
    time_zone  TEXT NOT NULL,   -- IANA
    billing_id TEXT NOT NULL,   -- what another system calls the profile; may be empty
    PRIMARY KEY (profile_id, number)
);

-- An adjustment is an amount that somebody above has booked on a profile's statement.
-- Rows are only ever added: what was wrong is booked back.
CREATE TABLE adjustments (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    month      TEXT NOT NULL, -- 2026-03: the one that ran
    currency   TEXT NOT NULL,
    minor      BIGINT NOT NULL CHECK (minor <> 0),
    reason     TEXT NOT NULL,
    login_id   TEXT NOT NULL, -- of whoever did it, in a profile above
    created_at BIGINT NOT NULL
);
CREATE INDEX adjustments_profile ON adjustments (profile_id, month, created_at);
