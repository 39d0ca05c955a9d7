"""Owns the words that answer STOP, START and HELP; pure."""

DEFAULT_NAME = "Peer introductions"


def help_text(event_name: str | None, contact_email: str) -> str:
    """Return who is texting, whom to ask, and how to stop."""
    name = _name(event_name)
    contact = f" Questions? {contact_email}." if contact_email else ""
    return (
        f"{name}: we text you introductions to people worth meeting at the event.{contact} "
        "Msg & data rates may apply. Reply STOP to opt out."
    )


def start_text(event_name: str | None) -> str:
    """Return the confirmation that texts are on."""
    return (
        f"{_name(event_name)}: you're in, introductions will come by text. "
        "Reply HELP for help, STOP to opt out."
    )


def stop_text(event_name: str | None) -> str:
    """Return the one confirmation that texts are off."""
    return (
        f"{_name(event_name)}: you're opted out and will get no more texts. "
        "Reply START to opt back in."
    )


def _name(event_name: str | None) -> str:
    return " ".join((event_name or "").split()).rstrip(".:") or DEFAULT_NAME
