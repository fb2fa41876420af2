"""The head of a column says what is being done about its indicator: in a class, a year group, a school, a team."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import municipality_scope
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY

HTMX = {"hx-request": "true"}


@pytest.fixture
def tried(solviken, measured):
    """On reading: for Ada, for all of 4A, for 5A, for the school, and one that has ended; besides one on another."""
    with municipality_scope(solviken.municipality):
        about = {"indicator": measured.reading, "responsible": solviken.teacher}
        InterventionFactory(title="Läsgrupp", unit=solviken.class_4a, pupils=[measured.ada], **about)
        InterventionFactory(title="Högläsning", unit=solviken.class_4a, **about)
        InterventionFactory(title="Läslistor", unit=solviken.class_4a, ended_on=TODAY, **about)
        InterventionFactory(title="Lässtund", unit=solviken.class_5a, **about)
        InterventionFactory(title="Bibliotek", unit=solviken.school, **about)
        other = about | {"indicator": IndicatorFactory()}
        InterventionFactory(title="Promenad", unit=solviken.class_4a, **other)


TITLES = ("Läsgrupp", "Högläsning", "Läslistor", "Lässtund", "Bibliotek", "Promenad")


def told(content):
    return [title for title in TITLES if title in content]


def panel(client, name, *args, **query):
    return client.get(reverse(f"interventions:{name}", args=args), query, headers=HTMX).content.decode()


@pytest.mark.usefixtures("tried")
def test_head_of_a_class_tells_of_its_interventions_on_the_indicator(solviken, measured, sign_in):
    part = panel(sign_in(solviken.teacher), "column-answers", solviken.class_4a.key, "LAS")

    assert told(part) == ["Läsgrupp", "Högläsning", "Läslistor"]
    assert ("1 pupil" in part, "the whole of 4A" in part, "Ada" in part) == (True, True, False)
    assert part.index("Tried before:") < part.index("Läslistor")
    new = reverse("interventions:intervention-new", args=[solviken.class_4a.key])
    assert f"{new}?indicator=LAS" in part
    assert reverse("colourmaps:class-indicator", args=[solviken.class_4a.key, "LAS"]) in part


@pytest.mark.usefixtures("tried")
def test_head_of_a_year_group_leaves_out_other_year_groups(solviken, sign_in):
    client, key = sign_in(solviken.principal), solviken.school.key

    of_year, of_school = (
        told(panel(client, "column-answers", key, "LAS", **query)) for query in ({"year": "4"}, {})
    )

    assert of_year == ["Läsgrupp", "Högläsning", "Läslistor", "Bibliotek"]
    assert of_school == ["Läsgrupp", "Högläsning", "Läslistor", "Lässtund", "Bibliotek"]


@pytest.mark.usefixtures("tried")
def test_head_of_a_team_tells_of_the_own_classes(solviken, sign_in):
    of_4a, of_5a = (
        told(panel(sign_in(person), "team-column-answers", "LAS"))
        for person in (solviken.teacher, solviken.colleague)
    )

    assert (of_4a, of_5a) == (["Läsgrupp", "Högläsning", "Läslistor"], ["Lässtund"])


def test_maps_name_the_panel_of_their_heads_to_those_who_see_the_pupils(solviken, measured, sign_in):
    school = reverse("aggregation:unit-map", args=[solviken.school.key])
    pages = {
        (solviken.teacher, reverse("colourmaps:class-map", args=[solviken.class_4a.key])): True,
        (solviken.teacher, reverse("colourmaps:team-map")): True,
        (solviken.principal, reverse("colourmaps:year-group-map", args=[solviken.school.key, 4])): True,
    }

    for (person, address), is_named in pages.items():
        content = sign_in(person).get(address).content.decode()
        assert ('data-heads="/' in content and "{column}/answers/" in content) is is_named
    decides = {solviken.principal: True, solviken.area_head: False, solviken.board_member: False}
    for person, panel_address in decides.items():
        context = sign_in(person).get(school).context
        assert bool(context["heads_panel"]) is panel_address


@pytest.mark.usefixtures("tried")
def test_page_without_script_says_the_same(solviken, sign_in):
    address = reverse("interventions:column-answers", args=[solviken.class_4a.key, "LAS"])

    content = sign_in(solviken.teacher).get(address).content.decode()

    assert told(content) == ["Läsgrupp", "Högläsning", "Läslistor"]
    assert "<html" in content


def test_panel_takes_as_many_queries_however_many_are_tried(solviken, measured, sign_in):
    client = sign_in(solviken.teacher)

    def tell_of(n):
        with municipality_scope(solviken.municipality):
            fields = {"unit": solviken.class_4a, "indicator": measured.reading, "pupils": [measured.ada]}
            InterventionFactory.create_batch(n, responsible=solviken.teacher, **fields)
        with CaptureQueriesContext(connection) as queries:
            content = panel(client, "column-answers", solviken.class_4a.key, "LAS")
        return len(queries), content.count('class="doing"')

    of_one, of_three = tell_of(1), tell_of(2)

    assert (of_one[1], of_three[1]) == (1, 3)
    assert of_one[0] == of_three[0]
