"""What crosses between municipalities: what was published, as a copy that knows its source; and nothing else."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.catalogue.offers import TAKEN_FIELDS, is_newer, offers_to
from interventions.models import CatalogueEntry, SharedEntry
from interventions.services import (
    change_entry,
    publish_entry,
    take_copy,
    withdraw_entry,
    withdraw_offer,
)
from tests.factories.interventions import EntryFactory, FollowUpFactory, InterventionFactory, shared_entry
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def entry(solviken):
    with municipality_scope(solviken.municipality):
        return EntryFactory(
            owner=solviken.principal, title="Intensivläsning", contact="Ada Ek, 123", waiting_weeks=3
        )


def publish(place, entry, **options):
    usual = {"with_contact": False, "with_results": False, "on": TODAY, "by": place.principal}
    with municipality_scope(place.municipality):
        return publish_entry(entry=entry, **usual | options)


def take(place, offer):
    with municipality_scope(place.municipality):
        return take_copy(offer=offer, on=TODAY, by=place.principal)


def change(place, entry, **content):
    with municipality_scope(place.municipality):
        return change_entry(entry=entry, content=content, owner=place.principal, by=place.principal)


def copies(place):
    with municipality_scope(place.municipality):
        return list(CatalogueEntry.objects.order_by("pk"))


def pages_of_others(browser):
    """All that somebody of another municipality reads of the catalogue."""
    lists = [browser.get(reverse(f"interventions:{name}")) for name in ("catalogue", "offer-list")]
    offers = [
        browser.get(reverse("interventions:offer", args=[offer.key])) for offer in SharedEntry.objects.all()
    ]
    return "".join(page.content.decode() for page in (*lists, *offers))


# --- what crosses ------------------------------------------------------------------------------


def test_private_entry_shows_nowhere_else(solviken, fjordvik, entry, sign_in):
    browser = sign_in(fjordvik.administrator)

    assert "Intensivläsning" not in pages_of_others(browser)
    assert browser.get(reverse("interventions:entry", args=[entry.key])).status_code == 404


def test_published_entry_is_read_by_others_and_not_among_ones_own_offers(solviken, fjordvik, entry, sign_in):
    offer = publish(solviken, entry)

    assert "Intensivläsning" in pages_of_others(sign_in(fjordvik.principal))
    assert list(offers_to(fjordvik.municipality)) == [offer]
    assert list(offers_to(solviken.municipality)) == []
    own = sign_in(solviken.principal).get(reverse("interventions:offer", args=[offer.key]))
    assert own.status_code == 404


def test_no_name_and_no_contact_crosses_unless_it_is_said(solviken, fjordvik, entry, sign_in):
    publish(solviken, entry)
    without = pages_of_others(sign_in(fjordvik.principal))

    publish(solviken, entry, with_contact=True)
    told = pages_of_others(sign_in(fjordvik.principal))

    assert [name in without for name in ("Ada Ek", solviken.principal.name)] == [False, False]
    assert [name in told for name in ("Ada Ek", solviken.principal.name)] == [True, False]


def test_results_cross_as_counts_of_interventions_and_only_if_it_is_said(solviken, entry):
    with municipality_scope(solviken.municipality):
        for verdict in ("better", "no_difference", "no_difference"):
            done = InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, entry=entry)
            FollowUpFactory(intervention=done, verdict=verdict)

    assert publish(solviken, entry).results is None
    told = publish(solviken, entry, with_results=True).results
    assert told == {"better": 1, "no_difference": 2, "worse": 0, "cannot_say": 0}


def test_page_publishes_what_is_ticked(solviken, entry, sign_in):
    sign_in(solviken.principal).post(
        reverse("interventions:entry-share", args=[entry.key]), {"with_contact": "on"}
    )

    (offer,) = SharedEntry.objects.all()
    assert (offer.title, offer.contact, offer.results) == ("Intensivläsning", "Ada Ek, 123", None)
    assert (offer.municipality, offer.version, offer.published_on) == (solviken.municipality, 1, TODAY)


def test_only_owner_and_administrator_publish(solviken, entry, sign_in):
    address = reverse("interventions:entry-share", args=[entry.key])

    answers = {
        who: sign_in(getattr(solviken, who)).post(address).status_code
        for who in ("health_team", "administration_head", "teacher", "administrator")
    }

    assert answers == {"health_team": 403, "administration_head": 403, "teacher": 403, "administrator": 302}


# --- copies ------------------------------------------------------------------------------------


def test_copy_is_taken_in_one_step_and_knows_its_source(solviken, fjordvik, entry, sign_in):
    offer = publish(solviken, entry, on=TODAY - DAY)

    sign_in(fjordvik.principal).post(reverse("interventions:offer-take", args=[offer.key]))

    (copy,) = copies(fjordvik)
    assert {name: getattr(copy, name) for name in TAKEN_FIELDS} == {
        name: getattr(entry, name) for name in TAKEN_FIELDS
    }
    assert (copy.source_name, copy.source_date, copy.source_version) == ("Solviken", TODAY - DAY, 1)
    assert (copy.owner, copy.checked_on) == (fjordvik.principal, TODAY)
    assert (copy.contact, copy.waiting_weeks) == ("", None)


def test_copy_is_taken_once(solviken, fjordvik, entry):
    offer = publish(solviken, entry)

    assert take(fjordvik, offer) == take(fjordvik, offer)
    assert len(copies(fjordvik)) == 1


def test_copy_is_told_of_a_newer_version_and_keeps_its_own_changes(solviken, fjordvik, entry, sign_in):
    copy = take(fjordvik, publish(solviken, entry))
    change(fjordvik, copy, aim="Vårt eget mål")
    change(solviken, entry, practice="Nytt sätt", aim="Nytt mål")

    address = reverse("interventions:entry", args=[copy.key])
    before = sign_in(fjordvik.teacher).get(address).content.decode()
    with municipality_scope(solviken.municipality):
        entry.refresh_from_db()
    publish(solviken, entry, on=TODAY)
    after = sign_in(fjordvik.teacher).get(address).content.decode()

    assert ["has a newer version" in page for page in (before, after)] == [False, True]
    (kept,) = copies(fjordvik)
    assert (kept.aim, kept.practice) == ("Vårt eget mål", "Läsning i par med en vuxen.")


def test_copy_takes_over_what_is_ticked_and_nothing_else(solviken, fjordvik, entry, sign_in):
    copy = take(fjordvik, publish(solviken, entry))
    change(fjordvik, copy, aim="Vårt eget mål", contact="Vår egen")
    publish(solviken, change(solviken, entry, practice="Nytt sätt", aim="Nytt mål"))
    browser, address = sign_in(fjordvik.principal), reverse("interventions:entry-source", args=[copy.key])

    offered = [each["name"] for each in browser.get(address).context["differences"]]
    browser.post(address, {"fields_taken": ["practice"]})

    (kept,) = copies(fjordvik)
    assert offered == ["aim", "practice"]
    assert (kept.practice, kept.aim, kept.contact) == ("Nytt sätt", "Vårt eget mål", "Vår egen")
    assert kept.source_version == 2
    page = browser.get(reverse("interventions:entry", args=[copy.key])).content.decode()
    assert "has a newer version" not in page


def test_copy_cannot_take_over_what_does_not_differ(solviken, fjordvik, entry, sign_in):
    copy = take(fjordvik, publish(solviken, entry))

    response = sign_in(fjordvik.principal).post(
        reverse("interventions:entry-source", args=[copy.key]), {"fields_taken": ["owner"]}
    )

    assert response.status_code == 422
    assert copies(fjordvik) == [copy]


def test_copy_cannot_take_over_one_age_that_does_not_go_with_its_own(solviken, fjordvik, entry, sign_in):
    copy = take(fjordvik, publish(solviken, entry))
    change(fjordvik, copy, age_from=6, age_to=7)
    publish(solviken, change(solviken, entry, age_from=12, age_to=13))
    browser, address = sign_in(fjordvik.principal), reverse("interventions:entry-source", args=[copy.key])

    refused = browser.post(address, {"fields_taken": ["age_from"]})
    (kept,) = copies(fjordvik)
    browser.post(address, {"fields_taken": ["age_from", "age_to"]})

    assert "The last age must not be lower than the first." in refused.content.decode()
    assert (kept.age_from, kept.age_to, kept.source_version) == (6, 7, 1)
    (taken,) = copies(fjordvik)
    assert (taken.age_from, taken.age_to) == (12, 13)


@pytest.mark.parametrize("content", [{"contact": "Bo Ek"}, {"waiting_weeks": 9}])
def test_what_is_of_the_place_makes_no_new_version(solviken, fjordvik, entry, content):
    copy = take(fjordvik, publish(solviken, entry))

    offer = publish(solviken, change(solviken, entry, **content), with_contact=True)

    assert not is_newer(offer, copy)


# --- withdrawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["offer", "entry", "municipality"])
def test_withdrawal_leaves_copies(solviken, fjordvik, entry, sign_in, how):
    offer = publish(solviken, entry)
    copy = take(fjordvik, offer)

    with municipality_scope(solviken.municipality):
        if how == "offer":
            withdraw_offer(entry=entry, on=TODAY, by=solviken.principal)
        elif how == "entry":
            withdraw_entry(entry=entry, reason="Nej", on=TODAY, by=solviken.principal)
        else:
            offer.delete()

    browser = sign_in(fjordvik.principal)
    page = browser.get(reverse("interventions:entry", args=[copy.key]))
    assert (page.status_code, page.context["source"]) == (200, None)
    assert "Solviken" in page.content.decode()
    assert browser.get(reverse("interventions:offer", args=[offer.key])).status_code == 404
    assert browser.post(reverse("interventions:offer-take", args=[offer.key])).status_code == 404
    assert copies(fjordvik) == [copy]


def test_offer_comes_back_under_its_key_when_it_is_published_again(solviken, fjordvik, entry):
    offer = publish(solviken, entry)
    with municipality_scope(solviken.municipality):
        withdraw_offer(entry=entry, on=TODAY, by=solviken.principal)

    again = publish(solviken, entry)

    assert (again.key, again.version) == (offer.key, 1)
    assert list(offers_to(fjordvik.municipality)) == [again]


def test_withdrawn_copy_does_not_come_back_beside_another(solviken, fjordvik, entry, sign_in):
    offer = publish(solviken, entry)
    first = take(fjordvik, offer)
    with municipality_scope(fjordvik.municipality):
        withdraw_entry(entry=first, reason="Nej", on=TODAY, by=fjordvik.principal)
    second = take(fjordvik, offer)

    response = sign_in(fjordvik.principal).post(
        reverse("interventions:entry-restore", args=[first.key]), follow=True
    )

    assert "Another copy of the same source is in use." in response.content.decode()
    assert [each.pk for each in copies(fjordvik) if not each.withdrawn_on] == [second.pk]


def test_list_of_offers_asks_as_much_for_three_as_for_one(solviken, fjordvik, sign_in):
    browser = sign_in(fjordvik.principal)

    def n_queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("interventions:offer-list")).status_code == 200
        return len(captured)

    shared_entry(solviken.municipality, entry_key="bcdfghjkmnp2")
    for_one = n_queries()
    shared_entry(solviken.municipality, entry_key="bcdfghjkmnp3")
    shared_entry(solviken.municipality, entry_key="bcdfghjkmnp4")

    assert n_queries() == for_one
