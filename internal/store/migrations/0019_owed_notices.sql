-- What is owed to somebody in the mail of the day stands with each notice, not in what they chose since.
-- +goose Up

ALTER TABLE notices ADD COLUMN owed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX notices_owed ON notices (login_id, at) WHERE owed;
ALTER TABLE logins DROP COLUMN digest_at;
DROP INDEX mail_choices_daily;
