"""Every catalogue is complete: nothing untranslated, nothing doubtful, and the same placeholders on both sides."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def messages_of(language: str) -> list[Message]:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def texts(part: str | tuple[str, ...]) -> tuple[str, ...]:
    return part if isinstance(part, tuple) else (part,)


@pytest.mark.parametrize("language", ["sv", "nb", "da"])
def test_catalogue_is_complete(language: str) -> None:
    messages = messages_of(language)

    assert len(messages) > 600
    assert [message.id for message in messages if message.fuzzy or not all(texts(message.string))] == []


@pytest.mark.parametrize("language", ["sv", "nb", "da"])
def test_placeholders_are_those_of_the_original(language: str) -> None:
    """A plural's singular may say "one" in a word; what is named must be there to be named."""
    wrong = []
    for message in messages_of(language):
        known = {name for text in texts(message.id) for name in PLACEHOLDER.findall(text)}
        for text in texts(message.string):
            used = set(PLACEHOLDER.findall(text))
            if used - known or (known - used and not isinstance(message.id, tuple)):
                wrong.append(text)

    assert wrong == []


def test_catalogues_hold_the_same_texts() -> None:
    ids = [
        {(texts(message.id), message.context) for message in messages_of(language)}
        for language in ("sv", "nb", "da")
    ]

    assert ids[0] == ids[1] == ids[2]
