from __future__ import annotations

from typing import Any

import pytest

from accounts.single_sign_on.assurance import asserts_second_factor, is_sure_enough
from accounts.single_sign_on.claims import (
    LEFT_OUT_IN_SAML,
    MOST_VALUES,
    Claims,
    ClaimsRefused,
    as_kept,
    claims_of_assertion,
    claims_of_token,
    from_kept,
)


@pytest.mark.parametrize(
    ("sent", "groups"),
    [
        ({}, set()),
        ({"groups": None}, set()),
        ({"groups": "rektor"}, {"rektor"}),
        ({"groups": ["rektor", " lärare ", "", 7, {"a": 1}]}, {"rektor", "lärare"}),
        ({"groups": {"rektor": True}}, set()),
        ({"groups": ["x" * 201, "y" * 200]}, {"y" * 200}),
    ],
)
def test_groups_are_one_text_or_a_list_of_them(sent: dict[str, Any], groups: set[str]) -> None:
    assert claims_of_token({"sub": "anna", **sent}, groups_claim="groups").groups == groups


def test_claim_can_stand_within_another() -> None:
    payload = {"sub": "anna", "realm_access": {"roles": ["rektor"]}, "a.b": ["whole"], "a": {"b": ["inner"]}}

    assert claims_of_token(payload, groups_claim="realm_access.roles").groups == {"rektor"}
    assert claims_of_token(payload, groups_claim="a.b").groups == {"whole"}
    assert claims_of_token(payload, groups_claim="realm_access.roles.x").groups == set()
    assert claims_of_token(payload, groups_claim="").groups == set()


def test_assurance_is_acr_and_amr() -> None:
    payload = {"sub": "anna", "acr": "loa3", "amr": ["pwd", "mfa"]}

    assert claims_of_token(payload, groups_claim="").assurances == {"loa3", "pwd", "mfa"}


@pytest.mark.parametrize("subject", [None, "", "  ", 7, ["anna"], "a" * 256, "a\0b"])
def test_subject_that_cannot_be_kept_is_refused(subject: Any) -> None:
    with pytest.raises(ClaimsRefused):
        claims_of_token({"sub": subject}, groups_claim="")


def test_subjects_that_differ_in_a_letter_or_a_space_are_two() -> None:
    subjects = {
        claims_of_token({"sub": each}, groups_claim="").subject
        for each in ("a", "A", "a ", "\u00e5", "a\u030a")
    }

    assert len(subjects) == 5


def test_more_values_than_anybody_has_groups_are_refused() -> None:
    with pytest.raises(ClaimsRefused):
        claims_of_token({"sub": "a", "groups": ["x"] * (MOST_VALUES + 1)}, groups_claim="groups")


def test_groups_that_are_left_out_are_told() -> None:
    in_token = claims_of_token({"sub": "a", "_claim_names": {"groups": "src1"}}, groups_claim="groups")
    in_assertion = claims_of_assertion(
        {LEFT_OUT_IN_SAML: ["https://graph.example"]},
        name_id="a",
        contexts=[],
        subject_attribute="",
        groups_claim="groups",
    )

    assert not in_token.are_groups_complete
    assert not in_assertion.are_groups_complete
    assert claims_of_token({"sub": "a"}, groups_claim="groups").are_groups_complete


@pytest.mark.parametrize("values", [[], ["anna", "bo"]])
def test_attribute_of_the_subject_has_one_value(values: list[str]) -> None:
    with pytest.raises(ClaimsRefused):
        claims_of_assertion(
            {"eppn": values}, name_id="anna", contexts=[], subject_attribute="eppn", groups_claim=""
        )


def test_attribute_of_the_subject_goes_before_the_name_id() -> None:
    said = claims_of_assertion(
        {"eppn": ["anna@solviken.example"], "displayName": ["Anna  Ek"], "roller": ["rektor"]},
        name_id="transient",
        contexts=["loa3"],
        subject_attribute="eppn",
        groups_claim="roller",
    )

    assert said == Claims("anna@solviken.example", frozenset({"rektor"}), frozenset({"loa3"}), "Anna Ek")


def test_claims_come_back_as_they_were_kept() -> None:
    said = Claims("anna", frozenset({"b", "a"}), frozenset({"mfa"}), "Anna", False)

    assert from_kept(as_kept(said)) == said


@pytest.mark.parametrize(
    ("required", "asserted", "is_enough"),
    [([], [], True), (["loa3"], [], False), (["loa3", "loa4"], ["loa4"], True), (["loa3"], ["LOA3"], False)],
)
def test_one_of_the_required_values_is_enough(
    required: list[str], asserted: list[str], is_enough: bool
) -> None:
    assert is_sure_enough(required, asserted) is is_enough


def test_second_factor_is_what_the_municipality_says_it_is() -> None:
    assert asserts_second_factor(["mfa", "loa3"], ["loa3"])
    assert not asserts_second_factor(["mfa"], ["pwd"])
    assert not asserts_second_factor([], ["mfa"])
