"""The pages of maps: for whoever makes them, and for the principals whose schools use them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Level, User
from accounts.roles import RoleCode
from colourmaps.models import ColourMap, Indicator, MapAdoption
from colourmaps.services import adopt_map
from tests.factories.accounts import RoleAssignmentFactory, UnitFactory
from tests.factories.colourmaps import ColourMapFactory, IndicatorFactory, RoundFactory
from tests.factories.imports import shown, text_of
from tests.fixtures import Place

SignIn = Callable[[User], Client]


@pytest.fixture
def indicators(in_solviken: Place, in_english: None) -> list[Indicator]:
    return [IndicatorFactory(code=code, names={"sv": f"Prov {code}"}) for code in ("A", "B", "C")]


@pytest.fixture
def administrator(in_solviken: Place, sign_in: SignIn) -> Client:
    return sign_in(in_solviken.administrator)


@pytest.fixture
def principal(in_solviken: Place, sign_in: SignIn) -> Client:
    return sign_in(in_solviken.principal)


def form_of(indicators: list[Indicator], *places: int | str, **fields: str) -> dict[str, str]:
    numbers = {f"place_{each.pk}": str(place) for each, place in zip(indicators, places, strict=True)}
    return {"name_sv": "Skolkarta", "name_en": "School map", "area": "", **numbers, **fields}


def order_of(colour_map: ColourMap) -> list[str]:
    return list(colour_map.places.values_list("indicator__code", flat=True))


def test_map_is_made_in_the_order_of_the_numbers(indicators: list[Indicator], administrator: Client) -> None:
    response = administrator.post(reverse("colourmaps:map-new"), form_of(indicators, 20, "", 5), follow=True)

    colour_map = ColourMap.objects.get()
    assert (colour_map.names, colour_map.shared_at) == ({"sv": "Skolkarta", "en": "School map"}, None)
    assert order_of(colour_map) == ["C", "A"]
    page = shown(response)
    assert "The map “School map” is made. Schools see it when you share it." in page
    assert "No school sees this map yet." in page
    assert 'value="1"' in response.content.decode()


@pytest.mark.parametrize(
    ("places", "fields", "sentence"),
    [
        (("", "", ""), {}, "Give at least one indicator a place, or choose an area."),
        ((1, "", ""), {"name_sv": ""}, "This field is required."),
        ((0, "", ""), {}, "Ensure this value is greater than or equal to 1."),
        (
            (1, "", ""),
            {"area": "nowhere"},
            "Select a valid choice. nowhere is not one of the available choices.",
        ),
    ],
)
def test_form_says_what_is_missing(
    indicators: list[Indicator],
    administrator: Client,
    places: tuple[int | str, ...],
    fields: dict[str, str],
    sentence: str,
) -> None:
    response = administrator.post(reverse("colourmaps:map-new"), form_of(indicators, *places, **fields))

    assert response.status_code == 422
    assert sentence in text_of(response.content.decode())
    assert not ColourMap.objects.exists()


def test_map_is_changed_and_shared(indicators: list[Indicator], administrator: Client) -> None:
    colour_map = ColourMapFactory(indicators=indicators, shared_at=None)
    address = reverse("colourmaps:map", args=[colour_map.key])

    administrator.post(address, form_of(indicators, 3, 2, 1))
    page = administrator.post(reverse("colourmaps:map-share", args=[colour_map.key]), follow=True)

    colour_map.refresh_from_db()
    assert order_of(colour_map) == ["C", "B", "A"]
    assert colour_map.shared_at is not None
    assert "The map is shared, and 0 schools use it." in shown(page)


def test_map_that_holds_nothing_is_not_shared(indicators: list[Indicator], administrator: Client) -> None:
    colour_map = ColourMapFactory(shared_at=None)

    page = administrator.post(reverse("colourmaps:map-share", args=[colour_map.key]), follow=True)

    assert "The map holds no indicator, so there is nothing to share." in shown(page)
    colour_map.refresh_from_db()
    assert colour_map.shared_at is None


def test_list_says_how_many_schools_use_each(
    indicators: list[Indicator], in_solviken: Place, administrator: Client
) -> None:
    UnitFactory(level=Level.SCHOOL)
    used = ColourMapFactory(names={"sv": "A"}, indicators=indicators, area="health")
    ColourMapFactory(names={"sv": "B"}, shared_at=None)
    adopt_map(colour_map=used, school=in_solviken.school, by=in_solviken.principal)

    page = shown(administrator.get(reverse("colourmaps:map-list")))

    assert "A 3 indicators, area Health 11/16/2026 1 of 2 schools" in page
    assert "B 0 indicators not shared 0 of 2 schools" in page


def test_deleting_says_in_numbers_what_it_does(
    indicators: list[Indicator], in_solviken: Place, administrator: Client
) -> None:
    colour_map = ColourMapFactory(names={"sv": "Ma"}, indicators=indicators)
    adopt_map(colour_map=colour_map, school=in_solviken.school, by=in_solviken.principal)
    address = reverse("colourmaps:map-delete", args=[colour_map.key])

    asked = shown(administrator.get(address))
    assert "1 school uses it, and will see all indicators again." in asked
    assert ColourMap.objects.exists()
    page = shown(administrator.post(address, follow=True))

    assert "The map “Ma” is deleted." in page
    assert not ColourMap.objects.exists()


def test_principal_uses_narrows_and_leaves_a_map(
    indicators: list[Indicator], in_solviken: Place, principal: Client
) -> None:
    colour_map, school = ColourMapFactory(names={"sv": "Ma"}, indicators=indicators), in_solviken.school
    ColourMapFactory(names={"sv": "Utkast"}, shared_at=None)
    page = shown(principal.get(reverse("colourmaps:school-maps", args=[school.key])))
    assert "Ma Prov A, Prov B, Prov C Use : Ma" in page
    assert "Utkast" not in page
    of_map = {
        name: reverse(f"colourmaps:{name}", args=[school.key, colour_map.key])
        for name in ("school-map", "school-map-adopt", "school-map-leave")
    }

    principal.post(of_map["school-map-adopt"])
    page = shown(principal.post(of_map["school-map"], {"indicators": ["C"]}, follow=True))

    assert "Ma used Prov A, Prov B, Prov C (the school looks at 1 of 3)" in page
    assert MapAdoption.objects.get().left_out == ["A", "B"]
    assert order_of(colour_map) == ["A", "B", "C"]
    page = shown(principal.post(of_map["school-map-leave"], follow=True))
    assert "The school no longer uses the map “Ma”." in page
    assert not MapAdoption.objects.exists()


def test_school_that_looks_at_nothing_is_told_to_leave(
    indicators: list[Indicator], in_solviken: Place, principal: Client
) -> None:
    colour_map = ColourMapFactory(indicators=indicators)
    adopt_map(colour_map=colour_map, school=in_solviken.school, by=in_solviken.principal)
    address = reverse("colourmaps:school-map", args=[in_solviken.school.key, colour_map.key])

    response = principal.post(address, {})

    assert response.status_code == 422
    assert "If the school needs none of them, leave the map instead." in text_of(response.content.decode())


@pytest.mark.parametrize("name", ["school-map", "school-map-adopt", "school-map-leave"])
def test_map_that_is_not_shared_is_unknown_to_schools(
    indicators: list[Indicator], in_solviken: Place, principal: Client, name: str
) -> None:
    draft = ColourMapFactory(indicators=indicators, shared_at=None)

    address = reverse(f"colourmaps:{name}", args=[in_solviken.school.key, draft.key])

    assert principal.post(address).status_code == 404


def test_list_of_schools_leads_to_the_only_one(in_solviken: Place, principal: Client) -> None:
    response = principal.get(reverse("colourmaps:school-map-list"))

    assert response.headers["Location"] == reverse("colourmaps:school-maps", args=[in_solviken.school.key])


def test_list_of_schools_names_several(in_solviken: Place, in_english: None, principal: Client) -> None:
    second = UnitFactory(level=Level.SCHOOL, name="Björkskolan")
    RoleAssignmentFactory(user=in_solviken.principal, role=RoleCode.PRINCIPAL, unit=second)

    page = shown(principal.get(reverse("colourmaps:school-map-list")))

    assert "Björkskolan Solviksskolan" in page


def test_page_of_the_school_leads_to_its_maps(in_solviken: Place, principal: Client, sign_in: SignIn) -> None:
    """Only for the principal, who chooses them."""
    RoundFactory(starts_on=datetime.date(2026, 9, 1))
    address = reverse("aggregation:unit-map", args=[in_solviken.school.key])
    link = reverse("colourmaps:school-maps", args=[in_solviken.school.key])

    assert link in principal.get(address).content.decode()
    assert link not in sign_in(in_solviken.analysis_lead).get(address).content.decode()
