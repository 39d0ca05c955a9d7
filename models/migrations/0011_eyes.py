"""Adds what monitoring counts, what organisers are alerted of, and which request caused a text."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    db.execute_sql("""
        CREATE TABLE metric_counts (
            name varchar(255) NOT NULL,
            labels varchar(255) DEFAULT '' NOT NULL,
            part varchar(255) DEFAULT '' NOT NULL,
            value double precision DEFAULT 0 NOT NULL,
            PRIMARY KEY (name, labels, part)
        )
    """)
    db.execute_sql("""
        CREATE TABLE alerts (
            id serial PRIMARY KEY,
            occasion varchar(255) NOT NULL,
            kind varchar(255) NOT NULL,
            event_id integer REFERENCES events (id) ON DELETE CASCADE,
            ends_id integer REFERENCES alerts (id) ON DELETE CASCADE,
            text text NOT NULL,
            raised_at timestamptz DEFAULT now() NOT NULL,
            over_at timestamptz,
            attempts integer DEFAULT 0 NOT NULL,
            next_attempt_at timestamptz,
            posted_at timestamptz,
            error text,
            CONSTRAINT kind_known CHECK (kind IN ('matching_late', 'matching_failed', 'n8n_down'))
        )
    """)
    db.execute_sql("CREATE UNIQUE INDEX alerts_occasion ON alerts (occasion)")
    db.execute_sql("CREATE INDEX alerts_event_id ON alerts (event_id)")
    db.execute_sql("CREATE INDEX alerts_ends_id ON alerts (ends_id)")
    db.execute_sql("""
        CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, coalesce(event_id, 0))
        WHERE over_at IS NULL AND ends_id IS NULL
    """)
    db.execute_sql("""
        CREATE INDEX alerts_to_post ON alerts (next_attempt_at) WHERE next_attempt_at IS NOT NULL
    """)
    db.execute_sql("ALTER TABLE event_messages ADD COLUMN request_id varchar(255)")


def down(migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE event_messages DROP COLUMN request_id")
    db.execute_sql("DROP TABLE alerts")
    db.execute_sql("DROP TABLE metric_counts")
