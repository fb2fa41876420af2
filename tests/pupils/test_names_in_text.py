"""Names of a school's pupils in a free text: found as Nordic teachers write them, and nothing that is no name."""

from __future__ import annotations

import pytest

from accounts.tenancy import municipality_scope
from pupils.models import Protection
from pupils.names_in_text import names_at, names_in, parts_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

NAMES = frozenset(
    {"alva", "åsa", "öberg", "karin", "anna", "lukas", "jose", "ek", "bo", "my", "essen", "elev7"}
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alva läser inte.", ["Alva"]),
        ("Alvas läsning har stannat.", ["Alvas"]),
        ("Alva's lesing, Alva’s läsning.", ["Alva's"]),
        ("alva skriver med liten bokstav, ALVA med stor", ["alva"]),
        ("Åsa Öberg och åsas mamma", ["Åsa", "Öberg", "åsas"]),
        ("Asa Oberg, av den som saknar tangenter", ["Asa", "Oberg"]),
        ("Anna-Karin kom tillbaka", ["Anna", "Karin"]),
        ("Lukas bok, Lukas' bok", ["Lukas"]),
        ("José svarar", ["José"]),
        ("Bo och My bor här", ["Bo", "My"]),
        ("von Essen", ["Essen"]),
        ("Alva, Alva och Alva igen", ["Alva"]),
        ("Född 20160101-2391 eller 160101 2391", ["20160101-2391", "160101"]),
        ("Alva.", ["Alva"]),
        ("Id elev7 saknas", ["elev7"]),
        ("(Alva)", ["Alva"]),
        ("A\N{COMBINING RING ABOVE}sa O\N{COMBINING DIAERESIS}berg, copied from a Mac", ["Åsa", "Öberg"]),
        ("Al\N{SOFT HYPHEN}va, Ka\N{ZERO WIDTH SPACE}rin, copied from a page", ["Alva", "Karin"]),
    ],
)
def test_names_are_found_as_they_are_written(text: str, found: list[str]) -> None:
    assert names_in(text, NAMES) == found


@pytest.mark.parametrize(
    "text",
    [
        "A och Ö läser inte.",  # initials
        "Elev A.E. i klassen",
        "Eken växer, bokhyllan står kvar, boken också",
        "Alvar är en annan, och alvarligt talat",
        "De har 24 elever, 12 röda och 3 400 kronor",
        "Ska vi prova asagudar?",
        "Klass 7B och 12C",
        "",
    ],
)
def test_other_words_are_no_names(text: str) -> None:
    assert names_in(text, NAMES) == []


def test_word_that_is_confirmed_is_no_name_wherever_it_stands() -> None:
    assert names_in("Bo i Bo bor Alva", NAMES, no_names={"bo"}) == ["Alva"]


def test_word_is_marked_where_it_stands_and_the_text_is_whole() -> None:
    parts = parts_of("När Alva läser, då åsas", NAMES)

    assert "".join(part.text for part in parts) == "När Alva läser, då åsas"
    assert [part.text for part in parts if part.is_name] == ["Alva", "åsas"]


def test_names_are_those_of_the_school_protected_and_former_pupils_included(
    in_solviken: Place, fjordvik: Place
) -> None:
    PupilFactory(
        given_name="Alva", family_name="von Öberg-Ek", own_id="E1", school_class=in_solviken.class_4a
    )
    PupilFactory(
        given_name="Hemlig",
        family_name="Å",
        own_id="E2",
        school_class=in_solviken.class_5a,
        protection=Protection.PROTECTED,
    )
    PupilFactory(given_name="Ingenstans", family_name="Borta", own_id="17")
    with municipality_scope(fjordvik.municipality):
        PupilFactory(given_name="Fjord", own_id="E4", school_class=fjordvik.class_4a)

    assert names_at(in_solviken.school) == {"alva", "öberg", "ek", "hemlig", "e1", "e2"}


def test_names_take_one_statement_however_many_pupils(
    in_solviken: Place, django_assert_num_queries: object
) -> None:
    for n in range(3):
        PupilFactory(given_name=f"Elev{n}", school_class=in_solviken.class_4a)

    with django_assert_num_queries(1):  # type: ignore[operator]
        names_at(in_solviken.school)
