"""The catalogue: what is found, how it is kept, and what an intervention takes over from it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.access import Sight
from accounts.models import AuditEvent, RoleAssignment
from accounts.tenancy import municipality_scope
from colourmaps.models import IndicatorArea
from interventions.catalogue import entries_to_check, prefill_of
from interventions.catalogue.ages import ages_in_words
from interventions.catalogue.entries import in_order, is_stale, stale, stale_before
from interventions.models import CatalogueEntry, EvidenceLevel, Intervention, Kind, Profession
from tests.factories.interventions import EntryFactory, InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
A_YEAR_AGO = datetime.date(2025, 11, 16)


def titles(response):
    return [row.record.title for row in response.context["table"].rows]


def listed(browser, **query):
    return titles(browser.get(reverse("interventions:catalogue"), query))


def stored(place):
    with municipality_scope(place.municipality):
        return list(CatalogueEntry.objects.order_by("pk"))


@pytest.fixture
def kept(solviken):
    """Makes entries of Solviken that its principal keeps."""

    def made(**fields):
        with municipality_scope(solviken.municipality):
            return EntryFactory(owner=solviken.principal, **fields)

    return made


# --- what is found -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["läsning", "LÄSNING", "Läs", "ÅRSKURS ett", "ett årskurs", "öva"])
def test_search_finds_swedish_letters_in_any_case_and_words_in_any_order(solviken, kept, sign_in, text):
    kept(title="Intensivläsning", need="Åk 1: Årskurs ett ska Öva")
    kept(title="Intensivmatte", need="räkna", aim="räkna", practice="i grupp")

    assert listed(sign_in(solviken.teacher), q=text) == ["Intensivläsning"]


@pytest.mark.parametrize("text", ["lasning", "skriva", "intensiv skriva"])
def test_search_does_not_find_what_is_not_there(solviken, kept, sign_in, text):
    kept(title="Intensivläsning")

    assert listed(sign_in(solviken.teacher), q=text) == []


def test_search_follows_what_is_changed(solviken, kept, sign_in):
    first = kept(title="Intensivläsning")
    with municipality_scope(solviken.municipality):
        first.save()
        entry = CatalogueEntry.objects.get()
        entry.title = "Ögonblick"
        entry.save(update_fields=["title"])

    assert listed(sign_in(solviken.teacher), q="ögon") == ["Ögonblick"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Lek", "Tal", "Åldrad"]),
        ({"age": "5"}, ["Lek"]),
        ({"age": "6"}, ["Lek"]),
        ({"age": "7"}, ["Tal", "Åldrad"]),
        ({"area": "mathematics"}, ["Tal"]),
        ({"profession": "preschool"}, ["Lek"]),
        ({"waiting": "2"}, ["Tal"]),
        ({"waiting": "4"}, ["Lek", "Tal"]),
        ({"evidence": "doubtful"}, ["Tal"]),
        ({"show": "stale"}, ["Åldrad"]),
        ({"show": "withdrawn"}, ["Borta"]),
        ({"show": "ownerless"}, []),
        ({"age": "7", "area": "language"}, ["Åldrad"]),
        ({"age": "old", "area": "?", "show": "all"}, ["Lek", "Tal", "Åldrad"]),
    ],
)
def test_list_shows_what_the_address_asks_for(solviken, kept, sign_in, query, found):
    kept(title="Lek", age_from=4, age_to=6, profession=Profession.PRESCHOOL_TEACHER, waiting_weeks=3)
    kept(title="Tal", area=IndicatorArea.MATHEMATICS, evidence_level=EvidenceLevel.DOUBTFUL, waiting_weeks=0)
    kept(title="Åldrad", checked_on=A_YEAR_AGO - DAY)
    kept(title="Borta", withdrawn_on=TODAY, withdrawn_reason="Ingen skillnad.")

    assert sorted(listed(sign_in(solviken.teacher), **query)) == sorted(found)


def test_list_is_in_the_order_of_the_readers_language(in_solviken):
    for title in ("Östan", "Ängel", "Ål", "Zebra"):
        EntryFactory(title=title, owner=in_solviken.principal)
    found = CatalogueEntry.objects.all()

    with translation.override("sv"):
        swedish = [entry.title for entry in in_order(found)]
    with translation.override("nb"):
        norwegian = [entry.title for entry in in_order(found)]

    assert swedish == ["Zebra", "Ål", "Ängel", "Östan"]
    assert norwegian == ["Zebra", "Ängel", "Östan", "Ål"]


def test_pages_ask_as_much_for_three_as_for_one(solviken, kept, sign_in):
    browser = sign_in(solviken.principal)

    def one_more():
        entry = kept()
        with municipality_scope(solviken.municipality):
            InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, entry=first or entry)
        return entry

    def n_queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    first = None
    first = one_more()
    pages = [reverse("interventions:catalogue"), reverse("interventions:entry", args=[first.key])]
    for_one = [n_queries(page) for page in pages]
    one_more()
    one_more()

    assert [n_queries(page) for page in pages] == for_one


# --- kept current ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checked_on", "expected"), [(A_YEAR_AGO - DAY, True), (A_YEAR_AGO, False), (TODAY, False)]
)
def test_entry_is_stale_after_twelve_months(in_solviken, checked_on, expected):
    entry = EntryFactory(owner=in_solviken.principal, checked_on=checked_on)

    assert is_stale(entry, TODAY) == expected
    assert CatalogueEntry.objects.filter(stale(TODAY)).exists() == expected


def test_leap_day_has_a_day_a_year_ago():
    assert stale_before(datetime.date(2028, 2, 29)) == datetime.date(2027, 2, 28)


def test_owner_is_asked_for_own_stale_entries_the_oldest_first(in_solviken):
    def made(who, days, **fields):
        return EntryFactory(owner=getattr(in_solviken, who), checked_on=A_YEAR_AGO - days * DAY, **fields)

    newer, older = made("principal", 1), made("principal", 9)
    made("principal", 0)
    made("health_team", 5)
    made("principal", 9, withdrawn_on=TODAY, withdrawn_reason="Nej")

    assert entries_to_check(Sight(in_solviken.principal)) == [older, newer]


def test_owner_whose_role_has_ended_is_not_asked(in_solviken):
    EntryFactory(owner=in_solviken.teacher, checked_on=A_YEAR_AGO - DAY)

    assert entries_to_check(Sight(in_solviken.teacher)) == []


def test_start_page_leads_the_owner_to_what_is_to_be_checked(solviken, kept, sign_in):
    entry = kept(checked_on=A_YEAR_AGO - DAY)
    address = reverse("interventions:entry", args=[entry.key])

    pages = [
        sign_in(who).get(reverse("start")).content.decode()
        for who in (solviken.principal, solviken.health_team)
    ]

    assert [address in page for page in pages] == [True, False]


def test_stale_entry_shows_as_such_in_the_list_and_on_its_page(solviken, kept, sign_in):
    entry = kept(checked_on=A_YEAR_AGO - DAY)
    browser = sign_in(solviken.teacher)

    for address in (reverse("interventions:catalogue"), reverse("interventions:entry", args=[entry.key])):
        assert "not checked since Nov. 15, 2025" in browser.get(address).content.decode()


def test_checked_still_right_is_one_step(solviken, kept, sign_in):
    entry = kept(checked_on=A_YEAR_AGO - DAY)

    response = sign_in(solviken.principal).post(
        reverse("interventions:entry-check", args=[entry.key]), follow=True
    )

    assert [each.checked_on for each in stored(solviken)] == [TODAY]
    assert "not checked since" not in response.content.decode()


def test_entry_is_ownerless_when_its_keeper_has_no_role_left(solviken, kept, sign_in):
    entry = kept()
    with municipality_scope(solviken.municipality):
        RoleAssignment.objects.filter(user=solviken.principal).update(valid_to=TODAY)
    browser = sign_in(solviken.health_team)

    page = browser.get(reverse("interventions:entry", args=[entry.key])).content.decode()

    assert "nobody keeps it" in page
    assert listed(browser, show="ownerless") == [entry.title]


# --- written -----------------------------------------------------------------------------------


@pytest.fixture
def sent(solviken):
    def fields(**changes):
        usual = {
            "title": "Intensivläsning",
            "aim": "Läsa med flyt",
            "practice": "Läsning i par",
            "need": "Långsam läsning",
            "kind": "support",
            "area": "language",
            "age_from": "7",
            "age_to": "9",
            "profession": "special",
            "evidence_level": "promising",
            "cost_money": "600",
            "cost_hours": "14.5",
            "cost_per": "en elev",
            "waiting_weeks": "0",
            "owner": solviken.health_team.key,
        }
        return usual | changes

    return fields


def test_new_entry_is_kept_by_the_one_who_was_chosen_and_checked_today(solviken, sign_in, sent):
    sign_in(solviken.principal).post(reverse("interventions:entry-new"), sent())

    (entry,) = stored(solviken)
    assert (entry.title, entry.owner, entry.checked_on) == ("Intensivläsning", solviken.health_team, TODAY)
    assert (entry.waiting_weeks, entry.times_per_week) == (0, None)
    with municipality_scope(solviken.municipality):
        assert AuditEvent.objects.get(action="catalogue entry added").subject == entry.key


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"age_to": "6"}, "age_to", "The last age must not be lower than the first."),
        ({"cost_per": ""}, "cost_per", "Say for what it costs so much, for example a group and term."),
        ({"owner": "nobody"}, "owner", "Select a valid choice. nobody is not one of the available choices."),
        ({"need": ""}, "need", "This field is required."),
    ],
)
def test_entry_with_a_mistake_is_not_saved(solviken, sign_in, sent, changes, field, sentence):
    response = sign_in(solviken.principal).post(reverse("interventions:entry-new"), sent(**changes))

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    assert stored(solviken) == []


def test_teacher_cannot_keep_an_entry(solviken, sign_in, sent):
    response = sign_in(solviken.principal).post(
        reverse("interventions:entry-new"), sent(owner=solviken.teacher.key)
    )

    assert list(response.context["form"].errors) == ["owner"]


@pytest.mark.parametrize(("ticked", "checked_on"), [({}, A_YEAR_AGO), ({"is_checked": "on"}, TODAY)])
def test_changed_entry_is_as_old_as_before_unless_all_was_gone_through(
    solviken, kept, sign_in, sent, ticked, checked_on
):
    entry = kept(checked_on=A_YEAR_AGO)

    sign_in(solviken.principal).post(
        reverse("interventions:entry-edit", args=[entry.key]), sent(title="Annat", **ticked)
    )

    assert [(each.title, each.checked_on) for each in stored(solviken)] == [("Annat", checked_on)]


def test_withdrawn_entry_says_why_and_can_not_be_used_but_comes_back(solviken, kept, sign_in):
    entry = kept()
    browser = sign_in(solviken.principal)

    browser.post(
        reverse("interventions:entry-withdraw", args=[entry.key]), {"reason": "Ingen skillnad på tre år."}
    )

    page = browser.get(reverse("interventions:entry", args=[entry.key])).content.decode()
    assert "Ingen skillnad på tre år." in page
    assert browser.get(reverse("interventions:entry-use", args=[entry.key])).status_code == 404
    assert listed(browser) == []
    browser.post(reverse("interventions:entry-restore", args=[entry.key]))
    assert listed(browser) == [entry.title]


def test_entry_is_not_withdrawn_without_a_reason(solviken, kept, sign_in):
    entry = kept()

    response = sign_in(solviken.principal).post(reverse("interventions:entry-withdraw", args=[entry.key]))

    assert response.status_code == 422
    assert [each.withdrawn_on for each in stored(solviken)] == [None]


# --- adopted -----------------------------------------------------------------------------------


def test_prefill_has_the_names_of_the_interventions_fields(in_solviken):
    entry = EntryFactory(
        owner=in_solviken.principal,
        title="Intensivläsning",
        kind=Kind.SUPPORT,
        times_per_week=4,
        minutes_each_time=20,
        cost_money=600,
        cost_per="en elev",
    )

    filled = prefill_of(entry)

    names = {field.name for field in Intervention._meta.get_fields()}
    assert set(filled) <= names
    assert filled == {
        "title": "Intensivläsning",
        "aim": entry.aim,
        "practice": entry.practice,
        "kind": "support",
        "times_per_week": 4,
        "minutes_each_time": 20,
        "costs": [{"what": "en elev", "money": 600}],
    }


def test_prefill_leaves_out_what_the_entry_does_not_say(in_solviken):
    filled = prefill_of(EntryFactory(owner=in_solviken.principal))

    assert set(filled) == {"title", "aim", "practice", "kind"}


def test_use_leads_a_teacher_straight_to_her_class_and_a_principal_to_choose(solviken, kept, sign_in):
    entry = kept()
    address = reverse("interventions:entry", args=[entry.key])
    new = [
        f"{reverse('interventions:intervention-new', args=[unit.key])}?entry={entry.key}"
        for unit in (solviken.school, solviken.class_4a, solviken.class_5a)
    ]

    assert sign_in(solviken.teacher).get(address).context["use_url"] == new[1]
    chooser = sign_in(solviken.principal).get(address).context["use_url"]
    page = sign_in(solviken.principal).get(chooser)
    (place,) = page.context["places"]
    assert [place["url"], *(url for _name, url in place["classes"])] == new
    assert sign_in(solviken.coordinator).get(address).context["use_url"] == ""


def test_intervention_tells_which_entry_it_is_from(solviken, kept, sign_in):
    entry = kept(title="Intensivläsning", checked_on=A_YEAR_AGO - DAY)
    with municipality_scope(solviken.municipality):
        adopted = InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, entry=entry)

    page = sign_in(solviken.teacher).get(reverse("interventions:intervention", args=[adopted.key]))

    text = page.content.decode()
    assert reverse("interventions:entry", args=[entry.key]) in text
    assert "not checked since" in text


# --- ages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ages", "country", "words"),
    [
        ((6, 9), "SE", "6–9 years (years F–3)"),
        ((6, 9), "NO", "6–9 years (years 1–4)"),
        ((6, 9), "DK", "6–9 years (years 0–3)"),
        ((7, 7), "SE", "7 years (year 1)"),
        ((3, 8), "SE", "3–8 years"),
        ((16, 19), "SE", "16–19 years"),
    ],
)
def test_ages_say_their_year_groups(in_english, ages, country, words):
    assert ages_in_words(*ages, country, TODAY) == words


def test_ages_follow_the_swedish_shift(in_english):
    assert ages_in_words(6, 9, "SE", datetime.date(2028, 9, 1)) == "6–9 years (years 1–4)"
