"""Rows by the thousand in every table that the admin lists, made by SQL in no time."""

from models.base import db

_ROWS = """
    INSERT INTO events (name, date, timezone)
    SELECT 'Summit ' || n, current_date - n, 'America/Chicago' FROM generate_series(1, {n}) n;
    INSERT INTO contractors (first_name, last_name, company_name, phone, email)
    SELECT 'Ana', 'Moss' || n, 'Builders ' || n, '+1' || (2015550000 + n + {used}), 'p@example.com'
    FROM generate_series(1, {n}) n;
    INSERT INTO event_speakers (event_id, name) SELECT id, 'Speaker' FROM events;
    INSERT INTO event_sponsors (event_id, name) SELECT id, 'Sponsor' FROM events;
    INSERT INTO event_agenda_items (event_id, item_type, title, start_time, end_time, speaker_id)
    SELECT event_id, 'session', 'Talk', now(), now() + interval '1 hour', id FROM event_speakers;
    INSERT INTO matching_runs (event_id, status) SELECT id, 'completed' FROM events;
    INSERT INTO event_attendees (event_id, contractor_id, sms_opt_in)
    SELECT (SELECT max(id) FROM events), id, true FROM contractors;
    INSERT INTO event_peer_matches (event_id, contractor1_id, contractor2_id, match_score,
        match_criteria, state)
    SELECT (SELECT max(id) FROM events), id, id + 1, 0.8, '{{"geographic": 1.0}}', 'open'
    FROM contractors WHERE id < (SELECT max(id) FROM contractors);
    INSERT INTO event_messages (event_id, contractor_id, message_type, status, phone,
        message_content, scheduled_time, actual_send_time, created_at)
    SELECT (SELECT max(id) FROM events) - mod(id, 10), id, 'rating_question',
        CASE WHEN mod(id, 10) = 0 THEN 'failed' ELSE 'delivered' END, phone, 'How was it, Ana?',
        now() + make_interval(secs => id), now() + make_interval(secs => id),
        now() + make_interval(secs => id)
    FROM contractors;
    INSERT INTO sms_opt_outs (phone, source) SELECT phone, 'STOP reply' FROM contractors
    ON CONFLICT DO NOTHING;
    INSERT INTO admin_users (email, name, password_hash, role)
    SELECT 'p' || n + {used} || '@example.com', 'Person', 'x', 'viewer'
    FROM generate_series(1, {n}) n;
    INSERT INTO audit_log (actor, action, subject_type, subject_id)
    SELECT 'admin@example.com', 'contractors.changed', 'contractors', id FROM contractors;
"""
_EMPTY = """
    TRUNCATE events, contractors, event_speakers, event_sponsors, event_agenda_items,
        matching_runs, event_attendees, event_peer_matches, event_messages, sms_opt_outs CASCADE
"""


def fill_every_list(number: int) -> None:
    """Put that many rows, or one fewer, into each list; what was there goes, but for the log."""
    used = db.execute_sql("SELECT count(*) FROM admin_users").fetchone()[0]
    db.execute_sql(_EMPTY)
    db.execute_sql(_ROWS.format(n=number, used=used))
    db.execute_sql("ANALYZE")
