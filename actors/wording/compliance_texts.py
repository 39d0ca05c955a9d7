"""Owns the words that answer STOP, START and HELP; pure."""

DEFAULT_NAME = "Peer introductions"


def help_text(event_name: str | None, contact_email: str, *, is_opted_out: bool = False) -> str:
    """Return who is texting, whom to ask, and how to stop, or to go on after a STOP."""
    name = _name(event_name)
    contact = f" Questions? {contact_email}." if contact_email else ""
    way_out = (
        "You're opted out. Reply START to get texts again."
        if is_opted_out
        else "Reply STOP to opt out."
    )
    return (
        f"{name}: we text you introductions to people worth meeting at the event.{contact} "
        f"Msg & data rates may apply. {way_out}"
    )


def start_text(event_name: str | None, *, has_event_to_come: bool = True) -> str:
    """Return the confirmation that texts are on, and what will come where something can."""
    news = (
        "you're in, introductions will come by text."
        if has_event_to_come
        else "texts to this number are on again."
    )
    return f"{_name(event_name)}: {news} Reply HELP for help, STOP to opt out."


def stop_text(event_name: str | None) -> str:
    """Return the one confirmation that texts are off."""
    return (
        f"{_name(event_name)}: you're opted out and will get no more texts. "
        "Reply START to opt back in."
    )


def _name(event_name: str | None) -> str:
    return " ".join((event_name or "").split()).rstrip(".:") or DEFAULT_NAME
