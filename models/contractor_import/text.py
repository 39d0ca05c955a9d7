"""Owns getting from the bytes of an uploaded file to records of text with their line numbers."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

TOP_RECORDS = 6
DELIMITERS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE_AS = "save it as CSV first: in Excel under File, Save As, “CSV UTF-8”"
_KNOWN_BINARIES = (
    (b"PK\x03\x04", "an Excel workbook or a zip file; " + _SAVE_AS),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; " + _SAVE_AS),
    (b"%PDF", "a PDF; a CSV file is needed"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"{\\rtf", "an RTF document; a CSV file is needed"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAMPLE_BYTES = 4096


class ImportFileError(Exception):
    """The file as a whole can not be read; the message says why and what would do."""


@dataclass(frozen=True)
class Record:
    """One record of the file; `line` is where it starts. A broken one has a reason, no cells."""

    line: int
    cells: tuple[str, ...] = ()
    broken: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in any cell."""
        return self.broken is None and not any(cell.strip() for cell in self.cells)


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, UTF-32 or Windows-1252, NUL characters dropped.

    Raises
    ------
    ImportFileError
        When the file is empty or is not text.
    """
    if not data.strip(b"\0 \t\r\n" + codecs.BOM_UTF8):
        raise ImportFileError("The file is empty.")
    for start, what in _KNOWN_BINARIES:
        if data.startswith(start):
            raise ImportFileError(f"The file is {what}.")
    encoding = _wide_encoding(data)
    if encoding:
        text = data.decode(encoding, errors="replace")
    else:
        if _looks_binary(data[:_SAMPLE_BYTES]):
            raise ImportFileError("The file is not text; a CSV file is needed.")
        text = _decode_narrow(data)
    return text.replace("\0", "").lstrip("\ufeff").rstrip("\x1a")


def split_lines(text: str) -> list[str]:
    """Return the physical lines with their ends; Unix, Windows and old Mac ends all count."""
    return _LINE.findall(text)


def records(lines: list[str], recognises: Callable[[list[str]], int]) -> Iterator[Record]:
    """Yield every record that is not blank, its cells split at the file's own delimiter.

    Parameters
    ----------
    recognises : callable
        How many of the given cells are names of known columns; the delimiter that makes
        one of the first lines yield most of them is the file's.
    """
    start, delimiter = _dialect(lines, recognises)
    for record in _records(lines, start, delimiter):
        if not record.is_blank:
            yield record


def _wide_encoding(data: bytes) -> str | None:
    """Name the encoding that a mark, or the places of the NULs in mostly Latin text, give away."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE_BYTES]
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.4 * half and sample[0::2].count(0) < 0.05 * half + 1:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.05 * half + 1:
        return "utf-16-be"
    return None


def _looks_binary(sample: bytes) -> bool:
    control = sum(byte < 32 and byte not in b"\0\t\n\v\f\r\x1a" for byte in sample)
    return control > len(sample) * 0.02 or sample.count(0) > len(sample) * 0.1


def _decode_narrow(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Files put together from several sources mix encodings, so each line decides for itself.
        return "".join(_decode_line(line) for line in data.splitlines(keepends=True))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _dialect(lines: list[str], recognises: Callable[[list[str]], int]) -> tuple[int, str]:
    """Return the index of the first line to read and the delimiter."""
    start = next(index for index, line in enumerate(lines) if line.strip())
    declared = _SEPARATOR_LINE.fullmatch(lines[start].strip("\r\n"))
    if declared:
        return start + 1, declared[1]

    def columns(delimiter: str) -> tuple[int, int]:
        top = [record.cells for record in islice(_records(lines, start, delimiter), TOP_RECORDS)]
        return max((recognises(list(cells)), len(cells)) for cells in top)

    return start, max(DELIMITERS, key=columns)


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[Record]:
    """Read in strict mode, so that a stray quote costs its own line and does not eat the next."""
    while start < len(lines):
        rest = map(lines.__getitem__, range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, skipinitialspace=True, strict=True)
        first = start
        try:
            for cells in reader:
                yield Record(first + 1, tuple(cells))
                first = start + reader.line_num
            return
        except csv.Error:
            yield _read_alone(lines[first], first + 1, delimiter)
            start = first + 1


def _read_alone(line: str, number: int, delimiter: str) -> Record:
    if line.count('"') % 2:
        return Record(number, broken="a quotation mark is opened and never closed")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return Record(number, broken="not readable as CSV")
    return Record(number, tuple(cells))
