"""Owns the words people read for columns, record kinds and statuses."""

_LABELS = {
    "action_taken": "What was done",
    "actor": "Who",
    "actual_send_time": "Sent",
    "admin_user": "Account",
    "agenda_status": "Agenda",
    "annual_revenue": "Annual revenue ($)",
    "approval": "Approval of introductions",
    "approval_wait_minutes": "Without approval they leave after (minutes)",
    "approved_at": "Approved",
    "approved_by": "Approved by",
    "attempts": "Attempts",
    "cancelled_at": "Cancelled",
    "check_in_method": "Checked in by",
    "check_in_time": "Checked in",
    "checked_in": "Checked in",
    "company_name": "Company",
    "connected_at": "Both said yes",
    "connection_made": "Connected",
    "contractor1": "First person",
    "contractor1_response": "First person's answer",
    "contractor1_met": "First person met the other",
    "contractor2": "Second person",
    "contractor2_response": "Second person's answer",
    "contractor2_met": "Second person met the other",
    "created_at": "Added",
    "date": "Date",
    "detail": "What changed",
    "direction": "Direction",
    "email": "E-mail",
    "end_time": "Ends",
    "ends_at": "Day ends",
    "error_message": "Trouble",
    "event": "Event",
    "expires_at": "Not sent after",
    "feedback_contractor1": "First person's feedback",
    "feedback_contractor2": "Second person's feedback",
    "finished_at": "Finished",
    "focus_areas": "Focus areas",
    "from_name": "Texts signed as",
    "full_name": "Name",
    "gap": "Gap to the bound",
    "ghl_contact_id": "GHL contact",
    "ghl_location_id": "GHL location",
    "ghl_message_id": "GHL message",
    "happened_at": "When",
    "introduction_delay_minutes": "Introductions after lunch starts (minutes)",
    "introduction_message": "Introduction text",
    "introduction_sent_time": "Introduced",
    "introductions_at": "Introductions leave",
    "introductions_created": "Introductions",
    "is_active": "May sign in",
    "is_keynote": "Keynote",
    "item_type": "Kind",
    "job_title": "Job title",
    "last_login_at": "Last sign-in",
    "last_used_at": "Last used",
    "lifted_at": "Lifted (START)",
    "lifted_source": "Lifted by",
    "match_criteria": "Score by factor",
    "match_reason": "Why they fit",
    "match_score": "Score",
    "match_type": "Kind",
    "matches_created": "Matches",
    "matching_at": "Matching runs",
    "matching_lead_minutes": "Matching before lunch (minutes)",
    "matching_status": "Matching",
    "matching_status_reason": "About the matching",
    "max_matches": "Matches per person, at most",
    "max_same_market_miles": "Same market within (miles)",
    "meeting_location": "Meeting place",
    "meeting_scheduled": "Meeting planned",
    "meeting_time": "Meeting time",
    "message_category": "Category",
    "message_content": "Text",
    "message_type": "Kind",
    "min_score": "Lowest score (0 to 1)",
    "next_attempt_at": "Next attempt",
    "opted_out_at": "Opted out",
    "paused_at": "Sending paused",
    "paused_by": "Paused by",
    "pcr_score": "PCR score",
    "personalization_data": "Filled in",
    "planned_for": "Planned for",
    "pool": "Checked in",
    "qr_code_data": "Badge code",
    "refills": "Introduce somebody new after a no",
    "reminder_minutes": "Remind whoever is silent after (minutes)",
    "reminder_reveals_yes": "The reminder tells of the other's yes",
    "response_received": "Answer",
    "response_time": "Answered",
    "retry_of": "Repeats text",
    "scheduled_time": "Planned",
    "sentiment_score": "Sentiment",
    "service_area": "Service area",
    "services_offered": "Services offered",
    "session_duration_minutes": "Session length (minutes)",
    "session_end": "Session ends",
    "session_start": "Session starts",
    "session_title": "Session title",
    "revoked_at": "Revoked",
    "scope": "May",
    "sms_consent_at": "Agreed to texts",
    "sms_consent_source": "Agreed through",
    "sms_opt_in": "May be texted",
    "size": "Length",
    "start_time": "Starts",
    "started_at": "Started",
    "starts_at": "Day starts",
    "subject_id": "Record number",
    "subject_type": "Record kind",
    "timezone": "Time zone",
    "time_scale": "Rehearsal speed (1: a real day)",
    "top_up_at": "Next top-up",
    "total_score": "Total score",
    "unmatched": "Not matched",
    "updated_at": "Changed",
}

_CODES = {
    "batch": "Before lunch",
    "top_up": "Top-up",
    "peer_match_introduction": "Introduction",
    "test_introduction": "Test introduction",
    "ideal_peer": "Ideal peer",
    "focus_area_match": "Shared focus",
    "scale_match": "Same scale",
    "general_match": "General",
    "sponsor_session": "Sponsor showcase",
    "focusAreas": "Focus areas",
    "geographic": "Distance apart",
    "businessScale": "Business scale",
    "jobTitle": "Job title",
    "none": "No agenda",
    "scope_read": "Look",
    "scope_write": "Look and change",
    "off": "Not asked for",
    "required": "Asked for; none leaves without it",
    "until_deadline": "Asked for; without it they leave after a wait",
    "open": "Waiting for answers",
    "later": "Put off to a break",
    "met_already": "Know each other",
    "inbound": "To us",
    "outbound": "To them",
    "help_reply": "HELP answer",
    "start_reply": "START answer",
    "stop_reply": "STOP answer",
    "unscheduled": "Not scheduled",
    "attendance_question": "Did you meet?",
    "attended_noted": "After “we met”",
    "break_prompt": "Break prompt",
    "later_noted": "After a LATER",
    "met_already_noted": "After “we know each other”",
    "more_details": "Tell me more",
    "no_noted": "After a NO",
    "not_attended_noted": "After “we did not meet”",
    "nothing_open": "Nothing to answer",
    "rating_noted": "After a rating",
    "revealing_reminder": "Reminder that tells of the yes",
    "which_introduction": "Which introduction?",
    "wrap_up": "Wrap-up",
    "yes_noted": "After a YES",
    "yes_reminder": "Reminder",
    "by_hand": "Written by hand",
}

_ANSWERS = {
    "yes": "Said yes",
    "no": "Said no",
    "later": "Asked for later",
    "met_already": "Knows the other one",
}

# What Flask-Admin says by itself, as we would say it.
_FLASHED = {
    "Record was successfully created.": "Saved.",
    "Record was successfully saved.": "Saved.",
    "Failed to create record.": "Not saved yet: look at what is marked below.",
    "Failed to save record.": "Not saved yet: look at what is marked below.",
    "Record does not exist.": "There is no such record any more.",
}

_TONES = {
    "good": {
        "completed",
        "sent",
        "delivered",
        "responded",
        "confirmed",
        "received",
        "connected",
        "yes",
        "lunch",
        "ideal_peer",
    },  # fmt: skip
    "busy": {
        "running",
        "queued",
        "sending",
        "scheduled",
        "generated",
        "open",
        "inbound",
        "keynote",
    },
    "warn": {"held", "missed", "abandoned", "unscheduled", "later", "admin"},
    "bad": {"failed"},
}


def column_label(name: str) -> str:
    """Return what a column is called on the page."""
    tail = name.rpartition(".")[2]
    return _LABELS.get(name) or _LABELS.get(tail) or sentence(tail)


def code_label(code: str) -> str:
    """Return what a status, kind or factor is called on the page."""
    return _CODES.get(code) or sentence(code)


def answer_words(response: str | None) -> str:
    """Return a person's answer to an introduction in words; earlier ones may be any text."""
    return _ANSWERS.get(response or "", response or "")


def flash_words(message: str) -> str:
    """Return what a page says on top, in our own words."""
    return _FLASHED.get(message, message)


def tone(code: str) -> str:
    """Return the colour family of a status; `idle` where it means nothing good or bad."""
    return next((name for name, codes in _TONES.items() if code in codes), "idle")


def opening(text: str) -> str:
    """Return a reason with the capital that begins a line; n8n never has one."""
    return text if text.startswith("n8n") else f"{text[:1].upper()}{text[1:]}"


def sentence(code: str) -> str:
    """Return `some_code` as `Some code`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
