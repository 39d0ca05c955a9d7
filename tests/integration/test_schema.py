"""The migrated schema equals the models', and migrating is safe to repeat."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg2

from models.base import db
from models.config import Config
from models.tables import ALL_TABLES
from tests.worker import ROOT, environ_of

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default,
       character_maximum_length, numeric_precision, numeric_scale
FROM information_schema.columns WHERE table_schema = %s AND table_name <> 'schema_migration'
ORDER BY table_name, column_name
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, contype, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
WHERE n.nspname = %s AND conrelid::regclass::text NOT LIKE '%%schema_migration'
ORDER BY 1, 2, 3
"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = %s AND tablename <> 'schema_migration' ORDER BY 1, 2
"""


def _described(schema: str) -> list[list[tuple[Any, ...]]]:
    described = []
    for query in (COLUMNS, CONSTRAINTS, INDEXES):
        rows = db.execute_sql(query, (schema,)).fetchall()
        described.append(
            sorted(
                tuple(v.replace(f"{schema}.", "") if isinstance(v, str) else v for v in row)
                for row in rows
            )
        )
    return described


def test_migrated_schema_equals_the_models() -> None:
    migrated = _described("public")
    db.execute_sql("CREATE SCHEMA fresh")
    db.execute_sql("SET LOCAL search_path TO fresh")
    db.create_tables(ALL_TABLES, safe=False)
    fresh = _described("fresh")
    assert migrated[0], "no columns were read"
    assert fresh == migrated


def test_two_processes_may_migrate_one_empty_database_at_once(
    config: Config, servers: dict[str, str]
) -> None:
    name = f"peer_empty_{os.getpid()}"
    with closing(psycopg2.connect(servers["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        url = servers["DATABASE_URL"].replace("/postgres?", f"/{name}?", 1)
        environ = environ_of(replace(config, database_url=url))
        command = [sys.executable, "-m", "flask", "--app", "web", "migrate"]
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        outputs = [process.communicate(timeout=60)[0] for process in processes]
        again = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
        connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted("0001_initial" in output for output in outputs) == [False, True]
    assert b"0001_initial" not in again.stdout
