"""Sealing: what it keeps from whom, and how keys are changed."""

import dataclasses

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from pupils.sealed import Sealed, Unreadable, current_name, mac, macs, open_sealed, seal

WHO = {"family_name": "Öberg-Zyx", "given_name": "Åsa", "identity_number": "201601012391", "own_id": ""}
OLD, NEW = "o" * 44, "n" * 44


def test_what_is_sealed_is_opened_with_the_key() -> None:
    assert open_sealed(seal(WHO, place="9901 abc"), place="9901 abc") == WHO


def test_sealed_text_holds_nothing_of_it_and_has_the_length_of_every_other() -> None:
    short, long = seal({"family_name": "A"}, place="x"), seal(WHO, place="x")

    assert "Zyx" not in long.text
    assert len(short.text) == len(long.text)


def test_same_text_is_sealed_otherwise_each_time() -> None:
    assert seal(WHO, place="x").text != seal(WHO, place="x").text


def test_sealed_text_of_another_pupil_does_not_open_here() -> None:
    with pytest.raises(Unreadable):
        open_sealed(seal(WHO, place="9901 abc"), place="9901 xyz")


def test_changed_text_does_not_open() -> None:
    sealed = seal(WHO, place="x")
    first = "B" if sealed.text[20] != "B" else "C"

    with pytest.raises(Unreadable):
        open_sealed(dataclasses.replace(sealed, text=sealed.text[:20] + first + sealed.text[21:]), place="x")


def test_older_key_opens_and_the_newest_seals(settings: Settings) -> None:
    settings.IDENTITY_KEYS = [OLD]
    sealed, digest = seal(WHO, place="x"), mac("number", "1")

    settings.IDENTITY_KEYS = [NEW, OLD]

    assert open_sealed(sealed, place="x") == WHO
    assert digest in macs("number", "1")
    assert digest != mac("number", "1")
    assert sealed.sealed_with != current_name()


def test_without_the_key_nothing_opens(settings: Settings) -> None:
    settings.IDENTITY_KEYS = [OLD]
    sealed = seal(WHO, place="x")

    settings.IDENTITY_KEYS = [NEW]

    with pytest.raises(Unreadable):
        open_sealed(sealed, place="x")


def test_key_of_sessions_opens_nothing(settings: Settings) -> None:
    sealed = seal(WHO, place="x")

    settings.IDENTITY_KEYS = [settings.SECRET_KEY]

    with pytest.raises(Unreadable):
        open_sealed(Sealed(sealed.text, current_name()), place="x")


def test_without_any_key_nothing_is_sealed(settings: Settings) -> None:
    settings.IDENTITY_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="IDENTITY_KEYS"):
        seal(WHO, place="x")
