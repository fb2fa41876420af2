"""Many messages that say the same."""

from __future__ import annotations

import pytest

from colourmaps.importing.alike import MORE_WARNINGS, MOST_ALIKE, few_alike
from colourmaps.importing.messages import Level, Message, define

pytestmark = pytest.mark.usefixtures("in_english")

WARNING = define("test_alike.warning", Level.WARNING, "Look at this.")  # type: ignore[arg-type]  # not shown
NOTE = define("test_alike.note", Level.NOTE, "By the way.")  # type: ignore[arg-type]  # not shown
ERROR = define("test_alike.error", Level.ERROR, "No.")  # type: ignore[arg-type]  # not shown


def many(kind: object, n: int, column: str = "B", first_row: int = 2) -> list[Message]:
    return [Message(kind, "4A", first_row + at, column, str(at)) for at in range(n)]  # type: ignore[arg-type]


def test_warnings_beyond_the_first_are_counted() -> None:
    few = few_alike(many(WARNING, MOST_ALIKE + 30))
    assert few[:-1] == many(WARNING, MOST_ALIKE)
    assert (few[-1].kind, few[-1].place) == (MORE_WARNINGS, f"4A!B{MOST_ALIKE + 2}")
    assert few[-1].text == "30 more rows, down to row 81, have the same warning as the rows above."


@pytest.mark.parametrize(
    "messages",
    [
        many(WARNING, MOST_ALIKE),
        many(WARNING, MOST_ALIKE) + many(WARNING, MOST_ALIKE, column="C"),
        many(WARNING, MOST_ALIKE) + many(NOTE, MOST_ALIKE),
        many(ERROR, MOST_ALIKE * 3),
        [Message(NOTE)] * (MOST_ALIKE + 5),
    ],
)
def test_others_stay_as_they_are(messages: list[Message]) -> None:
    assert few_alike(messages) == messages
