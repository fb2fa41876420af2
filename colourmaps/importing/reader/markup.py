"""XML that cannot unpack into more than it is."""

from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from .refusal import Exit, Refused

DEEPEST = 200
"""Levels of elements; spreadsheets have about ten."""
MOST_ELEMENTS = 500_000
"""Of a part; 64,000 cell styles, as many as Excel allows, take some 200,000."""
CHUNK = 1 << 16

Attributes = dict[str, str]


def elements(stream: IO[bytes], *, ends: bool = False) -> Iterator[tuple[str, Attributes]]:
    """Local name and attributes of each element in order; with ends also ("/name", {}) where it closes.

    For the small parts of a workbook: Refused if there are too many elements, or too deep ones.
    """
    found: list[tuple[str, Attributes]] = []
    depth = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            refuse()
        found.append((name.rpartition(":")[2], attributes))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if ends:
            found.append(("/" + name.rpartition(":")[2], {}))

    parser = safe_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    n_found = 0
    with stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk)
            n_found += len(found)
            if n_found > MOST_ELEMENTS:
                raise Refused(Exit.UNPACKS_TOO_BIG)
            yield from found
            found.clear()
    parser.Parse(b"", True)
    yield from found


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    parser: Any,
) -> None:
    """Read a stream with handlers that get names as they stand in the file."""
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.ParseFile(stream)


def safe_parser() -> expat.XMLParserType:
    """An XML parser that refuses documents with entities of their own."""
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.StartDoctypeDeclHandler = refuse_subset
    return parser


def refuse_subset(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
    if has_subset:
        refuse()


def refuse(*_: object) -> None:
    raise Refused(Exit.DAMAGED)
