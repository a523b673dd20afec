-- Plans change, cost something and are offered; how many licenses there may be is bounded.
-- +goose Up

ALTER TABLE plans ADD COLUMN starts_activated BOOLEAN NOT NULL DEFAULT FALSE; -- the term begins with the first activation
ALTER TABLE plans ADD COLUMN renews           BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE plans ADD COLUMN bills_suspended  BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE plans ADD COLUMN edition          BIGINT NOT NULL DEFAULT 1;      -- of what it promises
ALTER TABLE plans ADD COLUMN withdrawn_at     BIGINT;                         -- null: it can be chosen
ALTER TABLE plans ADD COLUMN version          BIGINT NOT NULL DEFAULT 1;

-- A row is what a license for a month costs under an edition of a plan. It never
-- changes: another price is another edition.
CREATE TABLE plan_prices (
    plan_id  TEXT NOT NULL REFERENCES plans (id),
    edition  BIGINT NOT NULL,
    currency TEXT NOT NULL,
    minor    BIGINT NOT NULL CHECK (minor >= 0),
    PRIMARY KEY (plan_id, edition, currency)
);

-- A profile has every plan that the one above it has, unless plans are chosen for
-- it: then a row is one of them.
ALTER TABLE profiles ADD COLUMN plans_chosen BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE plan_offers (
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    plan_id    TEXT NOT NULL REFERENCES plans (id),
    PRIMARY KEY (profile_id, plan_id)
);

-- What a license keeps of its plan.
ALTER TABLE licenses ADD COLUMN edition         BIGINT NOT NULL DEFAULT 1;
ALTER TABLE licenses ADD COLUMN term_months     BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licenses ADD COLUMN renews          BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE licenses ADD COLUMN bills_suspended BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE licenses ADD COLUMN awaits          BOOLEAN NOT NULL DEFAULT FALSE; -- its term begins with the first activation
UPDATE licenses SET term_months = (SELECT p.term_months FROM plans p WHERE p.id = licenses.plan_id);
CREATE INDEX licenses_renewing ON licenses (ends_at) WHERE renews AND ended_at IS NULL;
CREATE INDEX licenses_plan ON licenses (plan_id) WHERE ended_at IS NULL;

-- An allowance is how many licenses of a kind, or of a plan, a profile and all
-- below it may hold. What they do hold is counted, and kept nowhere.
CREATE TABLE allowances (
    id         TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('', 'development', 'partner', 'enterprise', 'connectagent')),
    plan_id    TEXT REFERENCES plans (id), -- null: for a kind
    most       BIGINT NOT NULL CHECK (most >= 0),
    overage    BIGINT NOT NULL CHECK (overage >= 0), -- how many more, which are told of
    told       BIGINT NOT NULL, -- the percentage that was last told of: 0, 80 or 100
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    UNIQUE (profile_id, id),
    CHECK ((kind = '') = (plan_id IS NOT NULL))
);
CREATE UNIQUE INDEX allowances_kind ON allowances (profile_id, kind) WHERE plan_id IS NULL;
CREATE UNIQUE INDEX allowances_plan ON allowances (profile_id, plan_id) WHERE plan_id IS NOT NULL;
