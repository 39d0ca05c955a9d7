"""Adds failed sign-ins, API tokens, ended sessions, and an audit log that only grows."""

from typing import Any

SIGN_IN = """
ALTER TABLE admin_users
    ADD COLUMN session_version INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN unlocked_at TIMESTAMPTZ;
CREATE TABLE sign_in_failures (
    id BIGSERIAL NOT NULL PRIMARY KEY,
    account VARCHAR(64) NOT NULL,
    client VARCHAR(64) NOT NULL,
    is_known BOOLEAN NOT NULL DEFAULT false,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_failures_account_happened_at ON sign_in_failures (account, happened_at);
CREATE INDEX sign_in_failures_client_happened_at ON sign_in_failures (client, happened_at);
CREATE INDEX sign_in_failures_happened_at ON sign_in_failures (happened_at);
"""

TOKENS = """
CREATE TABLE api_tokens (
    id SERIAL NOT NULL PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    scope VARCHAR(255) NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    ending VARCHAR(8) NOT NULL,
    created_by_id INTEGER REFERENCES admin_users (id) ON DELETE SET NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT scope_known CHECK (scope IN ('read', 'write'))
);
CREATE UNIQUE INDEX api_tokens_token_hash ON api_tokens (token_hash);
CREATE INDEX api_tokens_created_by_id ON api_tokens (created_by_id);
"""

# Whoever forgets old lines says so, for one transaction; see models/retention.py.
AUDIT = """
CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.happened_at < now() - interval '90 days'
        AND current_setting('peer_matching.forgetting', true) = 'audit_log' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log only grows: %% is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
"""


def up(migrator: Any, db: Any) -> None:
    for statement in (SIGN_IN, TOKENS, AUDIT):
        db.execute_sql(statement)
