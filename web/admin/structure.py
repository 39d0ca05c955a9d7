"""Owns how stored JSON looks to people: names and values, lines and tables, never braces."""

from typing import Any

from markupsafe import Markup

from web.admin.labels import code_label

MOST_SHOWN = 100
_NONE = "–"


def in_short(value: Any) -> str:
    """Return a list or dictionary as one line."""
    if isinstance(value, dict):
        return " · ".join(f"{code_label(str(key))} {_brief(item)}" for key, item in value.items())
    return _brief(value)


def whole(value: Any) -> Markup:
    """Return all of it, names beside values and what is nested below its name."""
    if isinstance(value, dict) and value:
        rows = (
            Markup("<dt>{}</dt><dd>{}</dd>").format(code_label(str(key)), whole(item))
            for key, item in list(value.items())[:MOST_SHOWN]
        )
        return Markup('<dl class="pairs">{}</dl>').format(_joined(rows, len(value)))
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        items = (Markup("<li>{}</li>").format(whole(item)) for item in value[:MOST_SHOWN])
        return Markup('<ol class="pairs-list">{}</ol>').format(_joined(items, len(value)))
    return Markup('<span class="prose">{}</span>').format(_brief(value))


def _joined(parts: Any, total: int) -> Markup:
    rest = total - MOST_SHOWN
    more = Markup("<dd>and {} more</dd>").format(f"{rest:,}") if rest > 0 else Markup("")
    return Markup("").join(parts) + more


def _brief(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return f"{len(value):,} {'entry' if len(value) == 1 else 'entries'}"
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return f"{len(value):,} {'entry' if len(value) == 1 else 'entries'}"
        more = [f"and {len(value) - MOST_SHOWN:,} more"] if len(value) > MOST_SHOWN else []
        return ", ".join([*(_brief(item) for item in value[:MOST_SHOWN]), *more])
    text = str(value)
    return code_label(text) if "_" in text and text.islower() and " " not in text else text
