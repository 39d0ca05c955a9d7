"""Adds imports made in the browser: the uploaded file, how far it is, what came of it."""

from typing import Any

IMPORTS = """
CREATE TABLE contractor_imports (
    id SERIAL NOT NULL PRIMARY KEY,
    status VARCHAR(255) NOT NULL DEFAULT 'uploaded',
    admin_user_id INTEGER REFERENCES admin_users (id) ON DELETE SET NULL,
    actor VARCHAR(255) NOT NULL,
    file_name VARCHAR(255) NOT NULL,
    size_bytes INTEGER NOT NULL,
    data BYTEA,
    has_header BOOLEAN,
    columns JSONB NOT NULL DEFAULT '[]',
    event_id INTEGER REFERENCES events (id) ON DELETE RESTRICT,
    check_in BOOLEAN NOT NULL DEFAULT false,
    consent_place VARCHAR(255) NOT NULL DEFAULT '',
    rows INTEGER NOT NULL DEFAULT 0,
    done_rows INTEGER NOT NULL DEFAULT 0,
    done_line INTEGER NOT NULL DEFAULT 0,
    counts JSONB NOT NULL DEFAULT '{}',
    refused JSONB,
    tries INTEGER NOT NULL DEFAULT 0,
    token VARCHAR(255),
    lease_until TIMESTAMPTZ,
    wake_sent_at TIMESTAMPTZ,
    error TEXT,
    queued_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT status_known CHECK (status IN ('uploaded', 'queued', 'running', 'done', 'failed'))
);
CREATE INDEX contractor_imports_event_id ON contractor_imports (event_id);
CREATE INDEX contractor_imports_open ON contractor_imports (status)
    WHERE status IN ('queued', 'running');
CREATE TABLE contractor_import_parts (
    id SERIAL NOT NULL PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES contractor_imports (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    details JSONB NOT NULL
);
CREATE UNIQUE INDEX contractor_import_parts_job_id_line ON contractor_import_parts (job_id, line);
"""


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(IMPORTS)
