"""Every link, anchor and picture of the documentation is there, and every page can be reached."""

from pathlib import Path

import pytest

from tests.doc_pages import ROOT, Page, pages

PAGES = {page.path: page for page in pages()}
LARGEST_PICTURE_BYTES = 200_000
FOREIGN = ("http://", "https://", "mailto:")


def _target(page: Page, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return ((page.path.parent / path).resolve() if path else page.path), anchor


def _ours(page: Page) -> list[tuple[Path, str]]:
    return [
        _target(page, link.target) for link in page.links() if not link.target.startswith(FOREIGN)
    ]


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Page) -> None:
    for path, anchor in _ours(page):
        assert path.is_relative_to(ROOT), path
        assert path.exists(), f"{page.name} links to {path.relative_to(ROOT)}"
        if anchor:
            assert anchor in PAGES[path].anchors(), f"{page.name} links to {path.name}#{anchor}"


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_every_picture_says_what_it_shows(page: Page) -> None:
    silent = [link.target for link in page.links() if link.is_picture and len(link.text) < 10]
    assert silent == []


def test_every_picture_is_small_and_shown_somewhere() -> None:
    shown = {path for page in PAGES.values() for path, _ in _ours(page)}
    kept = [path for path in (ROOT / "docs").rglob("*") if path.suffix in (".png", ".jpg", ".svg")]
    assert len(kept) > 10
    assert [path.name for path in kept if path not in shown] == []
    assert [path.name for path in kept if path.stat().st_size > LARGEST_PICTURE_BYTES] == []


def test_every_picture_of_the_guides_can_be_taken_anew() -> None:
    script = (ROOT / "tests" / "browser" / "pictures.py").read_text()
    kept = [path.stem for path in (ROOT / "docs" / "pictures").iterdir()]
    assert [name for name in kept if f'"{name}"' not in script] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    reached = {ROOT / "README.md", ROOT / "CHANGELOG.md"}
    ahead = [ROOT / "docs" / "README.md"]
    while ahead:
        path = ahead.pop()
        if path in PAGES and path not in reached:
            reached.add(path)
            ahead += [target for target, _ in _ours(PAGES[path])]
    assert {page.name for page in PAGES.values() if page.path not in reached} == set()
    assert ROOT / "docs" / "README.md" in {path for path, _ in _ours(PAGES[ROOT / "README.md"])}


def test_decisions_are_numbered_short_and_whole() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert len(files) >= 8
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        text = file.read_text()
        assert len(text.splitlines()) <= 40, file.name
        headings = [line for line in text.splitlines() if line.startswith("## ")]
        assert headings == ["## Context", "## Decision", "## Consequences"], file.name
