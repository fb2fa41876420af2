"""What somebody saw when a page was opened, as a token that the form brings back: pure.

By it a field that a person has changed is told from one that somebody else has changed since: untouched fields never
clash, and two who write in different columns at once both keep what they wrote.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def seen(*values: Any) -> str:
    """The token of values; None and an empty text are the same, and so are all ways to end a line."""
    return hashlib.sha256(json.dumps(_plain(values)).encode()).hexdigest()[:16]


def same(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return _plain(some) == _plain(others)


def _plain(values: tuple[Any, ...]) -> list[str]:
    texts = ["" if value is None else str(value) for value in values]
    return ["\n".join(line.rstrip() for line in text.splitlines()).strip() for text in texts]
