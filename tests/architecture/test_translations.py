"""Every catalogue is complete: nothing untranslated, nothing doubtful, and the same placeholders on both sides."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
APPS = ("accounts", "pupils", "colourmaps", "aggregation", "interventions")
# Of each function that translates: which of its arguments are texts, and which says in what context.
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
# (singular, plural if there is one), and the context.
Text = tuple[tuple[str, ...], str | None]


def messages_of(language: str) -> list[Message]:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def texts_of_the_code() -> dict[Text, str]:
    """Every text that the code and the templates have translated, and where it stands."""
    return {
        (texts(message), context): f"{path.relative_to(ROOT)}:{line}"
        for path, source in sources()
        for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS)
    }


def sources() -> Iterator[tuple[Path, str]]:
    """Each file with its text as Python: of a template, only what it has translated."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.*")):  # pages and mails
        yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path))


def texts(part: str | tuple[str, ...]) -> tuple[str, ...]:
    return part if isinstance(part, tuple) else (part,)


@pytest.mark.parametrize("language", ["sv", "nb", "da"])
def test_catalogue_is_complete(language: str) -> None:
    messages = messages_of(language)

    assert len(messages) > 600
    assert [message.id for message in messages if message.fuzzy or not all(texts(message.string))] == []


def test_catalogues_hold_the_texts_of_the_code() -> None:
    of_code = texts_of_the_code()
    of_catalogue = {(texts(message.id), message.context) for message in messages_of("sv")}

    assert [(text, of_code[text]) for text in sorted(of_code.keys() - of_catalogue, key=str)] == []
    assert sorted(of_catalogue - of_code.keys(), key=str) == []


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
