"""Messages: a place, a level, and a sentence in the reader's language."""

import pytest
from django.utils.translation import gettext_lazy, override

from colourmaps.importing.messages import Level, Message, define, with_level
from colourmaps.importing.values import AN_ERROR, OUTSIDE_SCALE


def test_text_names_value_and_parameters():
    message = Message(OUTSIDE_SCALE, "5A", 27, "K", "14", {"scale": "1–10"})
    with override("en"):
        assert message.text == "14 is outside the scale 1–10. Correct the cell."


def test_kind_is_the_same_in_every_language():
    with override("sv"):
        kinds = {OUTSIDE_SCALE: "outside"}
    with override("nb"):
        assert (kinds.get(OUTSIDE_SCALE), AN_ERROR in kinds) == ("outside", False)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("5A", 27, "K"), "5A!K27"),
        (("5A", 27, ""), "5A!27"),
        (("5A", 0, "K"), "5A!K"),
        (("5A", 0, ""), "5A"),
        (("", 27, "K"), "K27"),
        (("", 0, ""), ""),
    ],
)
def test_place_as_spreadsheets_write_it(place, expected):
    assert Message(AN_ERROR, *place).place == expected


def test_message_survives_storage():
    message = Message(OUTSIDE_SCALE, "5A", 27, "K", "14", {"scale": "1–10", "count": 3})
    assert Message.from_json(message.to_json()) == message


def test_lazy_parameter_is_stored_as_text():
    message = Message(OUTSIDE_SCALE, value="14", parameters={"scale": gettext_lazy("any number")})
    with override("en"):
        assert message.to_json()["parameters"] == {"scale": "any number"}


def test_stored_message_of_a_retired_kind_keeps_its_sentence():
    stored = Message(AN_ERROR, "5A", 1, "A", "#N/A").to_json()
    stored |= {"code": "gone.kind", "text": "It was 50 % wrong."}
    message = Message.from_json(stored)
    assert (message.text, message.level) == ("It was 50 % wrong.", Level.ERROR)


def test_code_is_taken_once():
    with pytest.raises(ValueError, match="is taken"):
        define(AN_ERROR.code, Level.NOTE, gettext_lazy("another"))


def test_with_level_keeps_order():
    messages = [Message(AN_ERROR, row=2), Message(define("test.note", Level.NOTE, gettext_lazy("note")))]
    messages.append(Message(AN_ERROR, row=1))
    assert [message.row for message in with_level(messages, Level.ERROR)] == [2, 1]


def test_message_repeats_only_the_beginning_of_a_long_cell():
    message = Message(OUTSIDE_SCALE, "5A", 27, "K", "9" * 5_000_000, {"scale": "x" * 5_000_000})
    assert message.value == "9" * 199 + "…"
    with override("en"):
        assert message.text == f"{'9' * 199}… is outside the scale {'x' * 199}…. Correct the cell."
    assert message.to_json()["parameters"] == {"scale": "x" * 199 + "…"}
