-- The vendor publishes versions of the ConnectAgent.

-- +goose Up

-- A release is a version of the ConnectAgent. Like the plans it is nobody's
-- alone: everybody chooses from the same catalogue.
CREATE TABLE releases (
    id               TEXT PRIMARY KEY,
    version          TEXT NOT NULL UNIQUE,
    channel          TEXT NOT NULL,
    status           TEXT NOT NULL,
    name             TEXT NOT NULL,
    description      TEXT NOT NULL,
    tag              TEXT NOT NULL,
    requires_version TEXT NOT NULL, -- that one comes from at least; empty: any
    modules          TEXT NOT NULL, -- that a license needs, with spaces between
    backdated_at     BIGINT,
    yanked_at        BIGINT,
    yank_reason      TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL
);

-- An artifact is the build of a release for one platform.
CREATE TABLE artifacts (
    id         TEXT PRIMARY KEY,
    release_id TEXT NOT NULL REFERENCES releases (id),
    filename   TEXT NOT NULL,
    filetype   TEXT NOT NULL,
    size       BIGINT NOT NULL,
    platform   TEXT NOT NULL,
    arch       TEXT NOT NULL,
    status     TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    signature  TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (release_id, filename),
    UNIQUE (release_id, platform, arch)
);
CREATE INDEX artifacts_checksum ON artifacts (checksum);

-- A part is a mebibyte of an artifact's file; the last may be shorter. They are
-- here so that every node has them.
CREATE TABLE artifact_parts (
    artifact_id TEXT NOT NULL REFERENCES artifacts (id),
    number      BIGINT NOT NULL, -- from 0
    data        BYTEA NOT NULL,
    PRIMARY KEY (artifact_id, number)
);
