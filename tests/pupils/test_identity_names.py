import pytest
from hypothesis import given
from hypothesis import strategies as st

from pupils.identity import name_sort_key, propose_matches, search_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ÅSA  Öberg-Ärlig", "åsa öberg ärlig"),
        ("A\N{COMBINING RING ABOVE}sa", "åsa"),
        ("Renée Núñez", "renee nunez"),
        ("Søren Æbelø", "søren æbelø"),
        ("O’Connor", "oconnor"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("Jürgen Weiß", "jurgen weiss"),
        ("  ", ""),
    ],
)
def test_search_key_folds_case_and_accents_but_keeps_nordic_letters(text: str, key: str) -> None:
    assert search_key(text) == key


@given(text=st.text(st.characters(max_codepoint=0x24F)))
def test_search_key_of_a_search_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(text=st.text("abcåäöæøéü -'"))
def test_search_key_does_not_see_case(text: str) -> None:
    assert search_key(text.upper()) == search_key(text)


def in_order(names: list[str], language: str) -> list[str]:
    return sorted(names, key=lambda name: name_sort_key(name, "", language))


def test_swedish_names_end_with_å_ä_ö() -> None:
    expected = ["anna", "Zara", "Åsa", "ÄLVA", "Örjan"]
    assert in_order(expected[::-1], "sv") == expected
    assert in_order(expected[::-1], "en") == expected


@pytest.mark.parametrize("language", ["nb", "nn", "no", "da", "da-DK"])
def test_norwegian_and_danish_names_end_with_æ_ø_å(language: str) -> None:
    expected = ["Anna", "Zara", "Ærø", "Øberg", "Åberg", "Aakjær", "Ålund"]
    assert in_order(["Aakjær", "Ålund", "Zara", "Øberg", "Anna", "Åberg", "Ærø"], language) == expected


def test_letters_of_neighbours_and_ü_are_sorted_with_their_likes() -> None:
    assert in_order(["Zorn", "Öst", "Ørn", "Ärn", "Æbe", "Yxa", "Üdal"], "sv") == [
        "Üdal",
        "Yxa",
        "Zorn",
        "Æbe",
        "Ärn",
        "Ørn",
        "Öst",
    ]


def test_family_name_is_sorted_before_given_name_and_accents_last() -> None:
    names = [("Berg", "Örjan"), ("Bergman", "Anna"), ("Berg", "Éva"), ("Berg", "Eva"), ("Berg", "Evy")]
    assert sorted(names, key=lambda name: name_sort_key(name[0], name[1], "sv")) == [
        ("Berg", "Eva"),
        ("Berg", "Éva"),
        ("Berg", "Evy"),
        ("Berg", "Örjan"),
        ("Bergman", "Anna"),
    ]


# Proposals


def test_similar_names_are_proposed_best_first() -> None:
    candidates = {1: "Anna Anderson", 2: "Andersson, Anna", 3: "Björn Lund", 4: "Hanna Andersson"}
    matches = propose_matches("Anna Andersson", candidates)
    assert [(match.key, match.name) for match in matches] == [
        (2, "Andersson, Anna"),
        (4, "Hanna Andersson"),
        (1, "Anna Anderson"),
    ]
    assert [match.score for match in matches] == [1.0, pytest.approx(28 / 29), pytest.approx(26 / 27)]


def test_proposals_are_limited_in_number_and_likeness() -> None:
    candidates = dict.fromkeys(range(9), "Anna Andersson") | {9: "Anna Lund"}
    assert [match.key for match in propose_matches("Anna Andersson", candidates, at_most=3)] == [0, 1, 2]
    assert propose_matches("Anna Andersson", {9: "Anna Lund"}) == []
    assert [match.key for match in propose_matches("Anna Andersson", {9: "Anna Lund"}, at_least=0.5)] == [9]


def test_missing_names_are_not_alike() -> None:
    assert propose_matches("", {1: "", 2: "Anna"}, at_least=0.01) == []


words = st.text("abcdeåäö", min_size=1, max_size=8)


name_parts = st.lists(words, min_size=1, max_size=3)


def likeness(one: list[str], other: list[str]) -> float:
    return propose_matches(" ".join(one), {0: " ".join(other)}, at_least=0)[0].score


@pytest.mark.slow
@given(one=name_parts, other=name_parts)
def test_likeness_is_a_share_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one[::-1]) == 1
