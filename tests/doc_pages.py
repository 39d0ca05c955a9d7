"""The documentation as its tests read it: pages, commands, links, and names in backticks."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHELLS = ("sh", "bash", "console")
# What may stand at the beginning of a command inside a sentence.
PROGRAMS = (
    "apt-get", "curl", "docker", "dramatiq", "flask", "git", "gunicorn", "heroku", "make", "n8n",
    "node", "npm", "npx", "openssl", "pg_dump", "pg_restore", "pip", "psql", "python", "python3",
    "redis-cli",
)  # fmt: skip
_FENCE = re.compile(r"^\s*```(\w*)\s*$")
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_IMAGE = re.compile(r'<img src="([^"]+)" alt="([^"]*)"')
_MARK = re.compile(r"<!-- not run here: (.+?) -->", re.DOTALL)
_EXCUSE = re.compile(r"([^(),]+?) \([^)]+\)")


@dataclass(frozen=True)
class Block:
    """What stands between two fences; `is_excused` where a mark right above says so."""

    line: int
    language: str
    text: str
    is_excused: bool


@dataclass(frozen=True)
class Command:
    """One command, as words; `where` names its page, and its line where it stands in a block."""

    where: str
    words: tuple[str, ...]
    page: "Page"

    @property
    def text(self) -> str:
        """The command on one line."""
        return " ".join(self.words)

    @property
    def is_excused(self) -> bool:
        """Whether the page says that it is not run here, and why."""
        return any(f"{self.text} ".startswith(f"{begin} ") for begin in self.page.excuses)


@dataclass(frozen=True)
class Link:
    """One link of a page; pictures are those that are shown."""

    text: str
    target: str
    is_picture: bool


class Page:
    """One Markdown file, taken apart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text()
        self.blocks: list[Block] = []
        self.prose = self._without_blocks()
        self.excuses = tuple(
            " ".join(begin.split())
            for mark in _MARK.findall(self.text)
            for begin in _EXCUSE.findall(mark)
        )

    def _without_blocks(self) -> str:
        prose: list[str] = []
        block: list[str] = []
        language, began = None, 0
        for number, line in enumerate(self.text.splitlines(), 1):
            fence = _FENCE.match(line)
            if fence and language is None:
                language, began, block = fence[1], number, []
            elif fence:
                is_excused = bool(prose) and bool(_MARK.fullmatch(prose[-1]))
                self.blocks.append(Block(began, language, "\n".join(block), is_excused))
                language = None
            else:
                (prose if language is None else block).append(line)
        assert language is None, f"{self.name}:{began} opens a block that nothing closes"
        return "\n".join(prose)

    def spans(self) -> list[str]:
        """Return what stands in backticks, on one line each."""
        return [" ".join(span.split()) for span in _SPAN.findall(self.prose)]

    def links(self) -> list[Link]:
        """Return links and pictures."""
        prose = _SPAN.sub("", self.prose)
        linked = [Link(text, target, bool(mark)) for mark, text, target in _LINK.findall(prose)]
        return linked + [Link(text, target, True) for target, text in _IMAGE.findall(prose)]

    def anchors(self) -> set[str]:
        """Return what a link may name behind its #, as the code host writes headings."""
        found: dict[str, int] = {}
        anchors = set()
        for heading in re.findall(r"^#{1,6} (.+)$", self.prose, re.MULTILINE):
            plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
            slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
            number = found.get(slug, 0)
            found[slug] = number + 1
            anchors.add(f"{slug}-{number}" if number else slug)
        return anchors

    def commands(self) -> Iterator[Command]:
        """Return every command of the blocks that are a shell's, and of the sentences."""
        for block in self.blocks:
            if block.language in SHELLS and not block.is_excused:
                for words in commands_of(block.text, has_prompts=block.language == "console"):
                    yield Command(f"{self.name}:{block.line}", words, self)
        for span in self.spans():
            words = tuple(span.split())
            if len(words) > 1 and Path(words[0]).name in PROGRAMS and "…" not in span:
                yield Command(self.name, words, self)


def pages() -> list[Page]:
    """Return every page that people read."""
    found = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [Page(path) for path in found]


def commands_of(block: str, *, has_prompts: bool = False) -> Iterator[tuple[str, ...]]:
    """Split what a shell would run into single commands.

    Comments, variables that are set in front, and where the output goes are left out.
    """
    lines = block.replace("\\\n", " ").splitlines()
    if has_prompts:
        lines = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
    for line in lines:
        reader = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        reader.whitespace_split = True
        reader.commenters = "#"
        words: list[str] = []
        is_file = False
        for word in [*reader, ";"]:
            if set(word) <= set("|&;"):
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words:
                    yield tuple(words)
                words = []
            elif set(word) <= set("<>&"):
                is_file = True
            elif is_file:
                is_file = False
            else:
                words.append(word)
