"""When two ways of writing a word are the same word."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def header_key(text: str) -> str:
    """A header as it is compared: compatible forms, case, line breaks and all kinds of spaces made equal."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()
