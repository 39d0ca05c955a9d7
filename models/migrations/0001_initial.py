"""Creates every table of the design; long because it is all of them, and never to be changed."""

from typing import Any

SCHEMA = """
CREATE TABLE events (
    id SERIAL NOT NULL PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    date DATE NOT NULL,
    timezone VARCHAR(255) NOT NULL DEFAULT 'America/Chicago',
    location VARCHAR(255),
    from_name VARCHAR(255),
    agenda_status VARCHAR(255) NOT NULL DEFAULT 'none',
    session_duration_minutes INTEGER NOT NULL DEFAULT 45,
    matching_lead_minutes INTEGER NOT NULL DEFAULT 15,
    introduction_delay_minutes INTEGER NOT NULL DEFAULT 5,
    max_matches INTEGER NOT NULL DEFAULT 3,
    min_score NUMERIC(5, 2) NOT NULL DEFAULT 0.60,
    time_scale INTEGER NOT NULL DEFAULT 1,
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    matching_at TIMESTAMPTZ,
    introductions_at TIMESTAMPTZ,
    matching_status VARCHAR(255) NOT NULL DEFAULT 'unscheduled',
    matching_status_reason TEXT,
    top_up_at TIMESTAMPTZ,
    wake_sent_at TIMESTAMPTZ,
    cancelled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT agenda_status_known CHECK (agenda_status IN ('none', 'generated', 'confirmed')),
    CONSTRAINT matching_status_known CHECK (matching_status IN ('unscheduled', 'scheduled', 'queued', 'running', 'completed', 'failed', 'missed')),
    CONSTRAINT min_score_range CHECK (min_score BETWEEN 0 AND 1),
    CONSTRAINT max_matches_range CHECK (max_matches BETWEEN 1 AND 20),
    CONSTRAINT matching_lead_not_negative CHECK (matching_lead_minutes >= 0),
    CONSTRAINT introduction_delay_not_negative CHECK (introduction_delay_minutes >= 0),
    CONSTRAINT session_duration_range CHECK (session_duration_minutes BETWEEN 5 AND 480),
    CONSTRAINT time_scale_range CHECK (time_scale BETWEEN 1 AND 3600)
);
CREATE INDEX events_date
    ON events (date);
CREATE INDEX events_matching_due
    ON events (matching_at)
    WHERE (matching_at IS NOT NULL);
CREATE INDEX events_top_up_due
    ON events (top_up_at)
    WHERE (top_up_at IS NOT NULL);
CREATE TABLE event_speakers (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    name VARCHAR(255) NOT NULL,
    email VARCHAR(255),
    company_name VARCHAR(255),
    session_title VARCHAR(255),
    session_start TIME,
    session_end TIME,
    is_keynote BOOLEAN NOT NULL DEFAULT false,
    position INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE,
    CONSTRAINT session_ends_after_start CHECK (session_end IS NULL OR session_end > session_start)
);
CREATE INDEX event_speakers_event_id
    ON event_speakers (event_id);
CREATE TABLE event_sponsors (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    name VARCHAR(255) NOT NULL,
    tier VARCHAR(255),
    description TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE
);
CREATE INDEX event_sponsors_event_id
    ON event_sponsors (event_id);
CREATE TABLE event_agenda_items (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    item_type VARCHAR(255) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description TEXT,
    location VARCHAR(255),
    track INTEGER NOT NULL DEFAULT 1,
    start_time TIMESTAMPTZ NOT NULL,
    end_time TIMESTAMPTZ NOT NULL,
    speaker_id INTEGER,
    sponsor_id INTEGER,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE,
    FOREIGN KEY (speaker_id) REFERENCES event_speakers (id) ON DELETE SET NULL,
    FOREIGN KEY (sponsor_id) REFERENCES event_sponsors (id) ON DELETE SET NULL,
    CONSTRAINT item_type_known CHECK (item_type IN ('registration', 'keynote', 'session', 'break', 'lunch', 'sponsor_session', 'closing')),
    CONSTRAINT ends_after_start CHECK (end_time > start_time)
);
CREATE INDEX event_agenda_items_event_id
    ON event_agenda_items (event_id);
CREATE INDEX event_agenda_items_speaker_id
    ON event_agenda_items (speaker_id);
CREATE INDEX event_agenda_items_sponsor_id
    ON event_agenda_items (sponsor_id);
CREATE INDEX event_agenda_items_event_id_start_time
    ON event_agenda_items (event_id, start_time);
CREATE TABLE contractors (
    id SERIAL NOT NULL PRIMARY KEY,
    first_name VARCHAR(255) NOT NULL DEFAULT '',
    last_name VARCHAR(255) NOT NULL DEFAULT '',
    email VARCHAR(255),
    phone VARCHAR(255),
    company_name VARCHAR(255),
    job_title VARCHAR(255),
    focus_areas JSONB NOT NULL DEFAULT '[]',
    services_offered JSONB NOT NULL DEFAULT '[]',
    service_area TEXT,
    revenue_tier VARCHAR(255),
    annual_revenue NUMERIC(16, 2),
    team_size INTEGER,
    timezone VARCHAR(255),
    ghl_contact_id VARCHAR(255),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX contractors_phone
    ON contractors (phone);
CREATE INDEX contractors_ghl_contact_id
    ON contractors (ghl_contact_id);
CREATE INDEX contractors_email_lower
    ON contractors (lower(email));
CREATE TABLE event_attendees (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    contractor_id INTEGER NOT NULL,
    check_in_time TIMESTAMPTZ,
    check_in_method VARCHAR(255),
    sms_opt_in BOOLEAN NOT NULL DEFAULT false,
    sms_consent_at TIMESTAMPTZ,
    sms_consent_source VARCHAR(255),
    qr_code_data VARCHAR(255) DEFAULT gen_random_uuid()::text,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE CASCADE,
    FOREIGN KEY (contractor_id) REFERENCES contractors (id) ON DELETE CASCADE
);
CREATE INDEX event_attendees_contractor_id
    ON event_attendees (contractor_id);
CREATE UNIQUE INDEX event_attendees_event_id_contractor_id
    ON event_attendees (event_id, contractor_id);
CREATE UNIQUE INDEX event_attendees_event_id_qr_code_data
    ON event_attendees (event_id, qr_code_data);
CREATE TABLE matching_runs (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    kind VARCHAR(255) NOT NULL DEFAULT 'batch',
    status VARCHAR(255) NOT NULL DEFAULT 'running',
    planned_for TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    rules JSONB NOT NULL DEFAULT '{}',
    pool INTEGER NOT NULL DEFAULT 0,
    eligible INTEGER NOT NULL DEFAULT 0,
    covered INTEGER NOT NULL DEFAULT 0,
    matches_created INTEGER NOT NULL DEFAULT 0,
    introductions_created INTEGER NOT NULL DEFAULT 0,
    total_score DOUBLE PRECISION,
    upper_bound DOUBLE PRECISION,
    gap DOUBLE PRECISION,
    certificate JSONB NOT NULL DEFAULT '{}',
    unmatched JSONB NOT NULL DEFAULT '[]',
    timings JSONB NOT NULL DEFAULT '{}',
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE RESTRICT,
    CONSTRAINT kind_known CHECK (kind IN ('batch', 'top_up')),
    CONSTRAINT status_known CHECK (status IN ('running', 'completed', 'failed', 'abandoned'))
);
CREATE INDEX matching_runs_event_id
    ON matching_runs (event_id);
CREATE UNIQUE INDEX matching_runs_one_running
    ON matching_runs (event_id)
    WHERE (status = 'running');
CREATE TABLE event_peer_matches (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER NOT NULL,
    run_id INTEGER,
    contractor1_id INTEGER NOT NULL,
    contractor2_id INTEGER NOT NULL,
    match_type VARCHAR(255) NOT NULL DEFAULT 'general_match',
    match_criteria JSONB NOT NULL DEFAULT '{}',
    match_score NUMERIC(5, 2) NOT NULL,
    match_reason TEXT,
    introduction_sent_time TIMESTAMPTZ,
    introduction_message TEXT,
    contractor1_response TEXT,
    contractor2_response TEXT,
    connection_made BOOLEAN NOT NULL DEFAULT false,
    meeting_scheduled BOOLEAN NOT NULL DEFAULT false,
    meeting_time TIMESTAMPTZ,
    meeting_location VARCHAR(255),
    feedback_contractor1 TEXT,
    feedback_contractor2 TEXT,
    pcr_score NUMERIC(5, 2),
    notes TEXT,
    cancelled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE RESTRICT,
    FOREIGN KEY (run_id) REFERENCES matching_runs (id) ON DELETE SET NULL,
    FOREIGN KEY (contractor1_id) REFERENCES contractors (id) ON DELETE RESTRICT,
    FOREIGN KEY (contractor2_id) REFERENCES contractors (id) ON DELETE RESTRICT,
    CONSTRAINT lower_id_first CHECK (contractor1_id < contractor2_id),
    CONSTRAINT match_score_range CHECK (match_score BETWEEN 0 AND 1)
);
CREATE INDEX event_peer_matches_run_id
    ON event_peer_matches (run_id);
CREATE INDEX event_peer_matches_contractor1_id
    ON event_peer_matches (contractor1_id);
CREATE INDEX event_peer_matches_contractor2_id
    ON event_peer_matches (contractor2_id);
CREATE UNIQUE INDEX event_peer_matches_event_id_contractor1_id_contractor2_id
    ON event_peer_matches (event_id, contractor1_id, contractor2_id);
CREATE TABLE event_messages (
    id SERIAL NOT NULL PRIMARY KEY,
    event_id INTEGER,
    contractor_id INTEGER,
    match_id INTEGER,
    message_type VARCHAR(255) NOT NULL,
    message_category VARCHAR(255),
    scheduled_time TIMESTAMPTZ,
    actual_send_time TIMESTAMPTZ,
    message_content TEXT,
    personalization_data JSONB NOT NULL DEFAULT '{}',
    phone VARCHAR(255),
    status VARCHAR(255) NOT NULL DEFAULT 'scheduled',
    direction VARCHAR(255) NOT NULL DEFAULT 'outbound',
    response_received TEXT,
    response_time TIMESTAMPTZ,
    sentiment_score NUMERIC(5, 2),
    pcr_score NUMERIC(5, 2),
    action_taken TEXT,
    delay_minutes INTEGER,
    error_message TEXT,
    ghl_contact_id VARCHAR(255),
    ghl_message_id VARCHAR(255),
    ghl_location_id VARCHAR(255),
    channel VARCHAR(255) NOT NULL DEFAULT 'sms',
    from_email VARCHAR(255),
    to_email VARCHAR(255),
    subject VARCHAR(255),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    next_attempt_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    attempts INTEGER NOT NULL DEFAULT 0,
    wake_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    claim_token UUID,
    send_key UUID NOT NULL DEFAULT gen_random_uuid(),
    reply_number INTEGER,
    delivery_report JSONB,
    retry_of_id INTEGER,
    inbound_key VARCHAR(255),
    raw_payload JSONB,
    handled_at TIMESTAMPTZ,
    FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE RESTRICT,
    FOREIGN KEY (contractor_id) REFERENCES contractors (id) ON DELETE RESTRICT,
    FOREIGN KEY (match_id) REFERENCES event_peer_matches (id) ON DELETE RESTRICT,
    FOREIGN KEY (retry_of_id) REFERENCES event_messages (id) ON DELETE SET NULL,
    CONSTRAINT status_known CHECK (status IN ('scheduled', 'queued', 'sending', 'sent', 'delivered', 'failed', 'cancelled', 'responded', 'received', 'held')),
    CONSTRAINT direction_known CHECK (direction IN ('outbound', 'inbound'))
);
CREATE INDEX event_messages_event_id
    ON event_messages (event_id);
CREATE INDEX event_messages_contractor_id
    ON event_messages (contractor_id);
CREATE INDEX event_messages_match_id
    ON event_messages (match_id);
CREATE INDEX event_messages_retry_of_id
    ON event_messages (retry_of_id);
CREATE INDEX event_messages_event_id_message_type_scheduled_time
    ON event_messages (event_id, message_type, scheduled_time);
CREATE INDEX event_messages_contractor_id_created_at
    ON event_messages (contractor_id, created_at);
CREATE INDEX event_messages_phone_created_at
    ON event_messages (phone, created_at);
CREATE INDEX event_messages_due
    ON event_messages (coalesce(next_attempt_at, scheduled_time))
    WHERE (status = 'scheduled');
CREATE INDEX event_messages_queued
    ON event_messages (wake_at)
    WHERE (status = 'queued');
CREATE INDEX event_messages_sending
    ON event_messages (lease_until)
    WHERE (status = 'sending');
CREATE INDEX event_messages_unhandled
    ON event_messages (created_at)
    WHERE ((status = 'received') AND (handled_at IS NULL));
CREATE UNIQUE INDEX event_messages_one_introduction
    ON event_messages (match_id, contractor_id, message_type)
    WHERE ((message_type = 'peer_match_introduction') AND (status NOT IN ('failed', 'cancelled')));
CREATE UNIQUE INDEX event_messages_one_inbound
    ON event_messages (inbound_key)
    WHERE (inbound_key IS NOT NULL);
CREATE UNIQUE INDEX event_messages_send_key
    ON event_messages (send_key);
CREATE INDEX event_messages_ghl_message_id
    ON event_messages (ghl_message_id)
    WHERE (ghl_message_id IS NOT NULL);
CREATE TABLE sms_opt_outs (
    id SERIAL NOT NULL PRIMARY KEY,
    phone VARCHAR(255) NOT NULL,
    opted_out_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    source TEXT,
    lifted_at TIMESTAMPTZ,
    lifted_source TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sms_opt_outs_open
    ON sms_opt_outs (phone)
    WHERE (lifted_at IS NULL);
CREATE TABLE admin_users (
    id SERIAL NOT NULL PRIMARY KEY,
    email VARCHAR(255) NOT NULL,
    name VARCHAR(255) NOT NULL DEFAULT '',
    role VARCHAR(255) NOT NULL DEFAULT 'viewer',
    password_hash TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    last_login_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT role_known CHECK (role IN ('viewer', 'organiser', 'admin'))
);
CREATE UNIQUE INDEX admin_users_email_lower
    ON admin_users (lower(email));
CREATE TABLE audit_log (
    id SERIAL NOT NULL PRIMARY KEY,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    admin_user_id INTEGER,
    actor VARCHAR(255) NOT NULL,
    action VARCHAR(255) NOT NULL,
    subject_type VARCHAR(255),
    subject_id INTEGER,
    detail JSONB NOT NULL DEFAULT '{}',
    FOREIGN KEY (admin_user_id) REFERENCES admin_users (id) ON DELETE SET NULL
);
CREATE INDEX audit_log_happened_at
    ON audit_log (happened_at);
CREATE INDEX audit_log_admin_user_id
    ON audit_log (admin_user_id);
CREATE INDEX audit_log_subject_type_subject_id
    ON audit_log (subject_type, subject_id);
CREATE TABLE service_states (
    name VARCHAR(255) NOT NULL PRIMARY KEY,
    state VARCHAR(255) NOT NULL,
    message TEXT,
    detail JSONB NOT NULL DEFAULT '{}',
    since TIMESTAMPTZ NOT NULL DEFAULT now(),
    seen_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
"""

# `updated_at` is true whichever way a row is changed, plain SQL included.
TOUCH = """
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
"""
TOUCHED_TABLES = (
    "events",
    "event_speakers",
    "event_sponsors",
    "event_agenda_items",
    "contractors",
    "event_attendees",
    "matching_runs",
    "event_peer_matches",
    "event_messages",
    "admin_users",
)


def up(migrator: Any, db: Any) -> None:
    db.execute_sql(SCHEMA)
    db.execute_sql(TOUCH)
    for table in TOUCHED_TABLES:
        db.execute_sql(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
        )
