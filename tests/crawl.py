"""Walks the admin as a person with much time: opens every page, reads its HTML, finds its forms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

Attributes = dict[str, str]
MOST_PAGES = 600


@dataclass
class Form:
    """A form of a page, as the browser would send it without anybody typing."""

    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page(HTMLParser):
    """What a page is made of."""

    address: str
    tags: list[tuple[str, Attributes]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open = ""
        self._form: Form | None = None
        self._field = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        self._open = tag
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.append(urljoin(self.address, given["href"]))
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self._form = Form(self.address, action)
            if given.get("method", "get").lower() == "post":
                self.forms.append(self._form)
        if self._form is not None:
            self._fill_in(tag, given, self._form.fields)

    def _fill_in(self, tag: str, given: Attributes, fields: dict[str, str]) -> None:
        """Note what the browser would send of a field."""
        if tag == "option":
            if "selected" in given or not fields[self._field]:
                fields[self._field] = given.get("value", "")
        elif tag in ("input", "button", "select", "textarea") and "name" in given:
            self._field = given["name"]
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                fields[self._field] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts.append(data)
        elif self._open == "textarea" and self._form is not None:
            self._form.fields[self._field] += data.removeprefix("\r").removeprefix("\n")


def read(address: str, text: str) -> Page:
    """Return the page that the text is."""
    page = Page(address)
    page.feed(text)
    page.close()
    return page


def addresses(app: Flask, keys: dict[str, int]) -> Iterator[str]:
    """Return an address of every admin page that there is, each about a row that there is."""
    for rule in app.url_map.iter_rules():
        is_page = rule.rule.startswith("/admin/") and "GET" in (rule.methods or ())
        if is_page and rule.endpoint not in ("admin.static", "admin_session.login"):
            yield address_of(rule, keys)


def address_of(rule: Rule, keys: dict[str, int]) -> str:
    """Return the address of a route about the row of its view."""
    path = rule.rule.replace("<export_type>", "csv").replace("<path:anything>", "nothing")
    path = path.replace("<int:event_id>", str(keys.get("events", 1))).replace("<file>", "pairs.csv")
    number = keys.get(rule.endpoint.partition(".")[0], 1)
    name = "contractor" if "ajax/lookup" in path else "name"
    return f"{path}?{urlencode({'id': number, 'name': name, 'q': 'script', 'query': 'script'})}"


def crawl(client: FlaskClient, start: list[str]) -> Iterator[tuple[Page, str]]:
    """Open these and every page that they lead to, one of each kind; yield it and its text."""
    waiting, seen = list(start), {_kind(address) for address in start}
    opened = 0
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        answer.get_data()
        answer.close()
        assert answer.status_code < 500, (address, answer.text[:400])
        opened += 1
        assert opened < MOST_PAGES, "the walk does not end"
        if answer.status_code == 302:
            links = [urljoin(address, answer.headers["Location"])]
        elif answer.mimetype == "text/html":
            page = read(address, answer.text)
            yield page, answer.text
            links = page.links
        else:
            links = []
        for link in links:
            if urlsplit(link).path.startswith("/admin/") and _kind(link) not in seen:
                seen.add(_kind(link))
                waiting.append(link)


def _kind(address: str) -> str:
    """Return what two addresses of the same page about other rows have in common."""
    parts = urlsplit(address)
    asked = {name: value for name, value in parse_qsl(parts.query) if name in ("do", "kind")}
    about = sorted({name for name, _ in parse_qsl(parts.query)} & {"id", "like"})
    return f"{parts.path}?{urlencode(sorted(asked.items()))}{about}"
