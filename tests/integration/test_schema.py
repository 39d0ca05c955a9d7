"""The migrated schema equals the models', and migrating is safe to repeat."""

from threading import Thread
from typing import Any

from models.base import db
from models.migrate import migrate, pending
from models.tables import ALL_TABLES

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


def test_two_processes_may_migrate_at_once() -> None:
    results: list[list[str]] = []
    threads = [Thread(target=lambda: results.append(migrate())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[], []]
    assert pending() == []
