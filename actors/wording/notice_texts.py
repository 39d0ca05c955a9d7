"""Owns the words of notices, which say that something changed for those we texted; pure."""


def event_cancelled(event_name: str) -> str:
    """Return what people read who were introduced at an event that does not take place."""
    name = " ".join(event_name.split()).rstrip(".:")
    return (
        f"{name} was cancelled, so please do not wait for the people we introduced you to there. "
        "Sorry about the change! Reply STOP to opt out."
    )
