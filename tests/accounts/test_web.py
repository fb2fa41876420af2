"""The door: which municipality, which language, which permission; and what the frame of a page shows."""

import datetime

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.html import escape

from accounts.access import Sight
from accounts.models import Level, Unit, User
from accounts.queries import line_of
from accounts.roles import RoleCode
from accounts.tenancy import ScopeError, current_municipality, municipality_scope
from accounts.web import MunicipalityMiddleware, breadcrumb_of, browser_language
from tests.factories.accounts import PersonFactory
from tests.fixtures import Place

SPOKEN = dict(settings.LANGUAGES)


def language_of_a_page(user: User | None, *, cookie: str = "", browser: str = "") -> str:
    client = Client(headers={"accept-language": browser} if browser else {})
    if user:
        client.force_login(user)
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    return client.get("/" if user else "/sign-in/").headers["Content-Language"]


def test_language_is_the_users_then_the_browsers_then_the_municipalitys(solviken: Place) -> None:
    municipality, person = solviken.municipality, solviken.teacher
    municipality.language = "da"
    municipality.save()
    person.language = "nb"
    person.save()

    assert language_of_a_page(person, cookie="en", browser="sv") == "nb"

    person.language = ""
    person.save()
    assert language_of_a_page(person, cookie="en", browser="sv") == "en"
    assert language_of_a_page(person, browser="sv") == "sv"
    assert language_of_a_page(person, browser="fi") == "da"
    assert language_of_a_page(person) == "da"


def test_language_of_somebody_unknown_is_the_products_own(db: None) -> None:
    assert language_of_a_page(None) == "sv"
    assert language_of_a_page(None, cookie="xx") == "sv"
    assert language_of_a_page(None, browser="en") == "en"


def test_language_of_one_page_does_not_stay_for_the_next(solviken: Place) -> None:
    with translation.override("sv"):
        language_of_a_page(None, browser="en")

        assert translation.get_language() == "sv"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", ""),
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("fi,en;q=0.5,da;q=0.9", "da"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("en-US", "en"),
        ("fi", ""),
        ("*", ""),
        ("\x00,;;q=x", ""),
    ],
)
def test_browsers_language(rf: RequestFactory, header: str, language: str) -> None:
    assert browser_language(rf.get("/", headers={"accept-language": header}), SPOKEN) == language


def test_request_runs_in_the_municipality_of_the_person(
    solviken: Place, fjordvik: Place, rf: RequestFactory
) -> None:
    def where(request: HttpRequest) -> HttpResponse:
        return HttpResponse(current_municipality().name)

    request = rf.get("/")
    request.user = fjordvik.teacher

    response = MunicipalityMiddleware(where)(request)

    assert (response.content.decode(), response.headers["Cache-Control"]) == ("Fjordvik", "no-store")
    with pytest.raises(ScopeError):
        current_municipality()


def test_operator_of_the_platform_is_in_no_municipality(solviken: Place, sign_in) -> None:
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")

    for address in ("/", f"/classes/{solviken.class_4a.key}/"):
        assert sign_in(operator).get(address).status_code == 404, address


def test_personal_page_is_not_stored_and_carries_the_policy(solviken: Place, sign_in) -> None:
    response = sign_in(solviken.teacher).get("/")

    assert response.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_refused_page_says_why(solviken: Place, sign_in) -> None:
    address = f"/classes/{solviken.class_5a.key}/"

    response = sign_in(solviken.teacher).get(address, headers={"accept-language": "en"})

    assert response.status_code == 403
    assert escape("You have no role at this unit that allows this.") in response.content.decode()


def test_anonymous_is_sent_to_sign_in_and_back(solviken: Place, client: Client) -> None:
    address = f"/classes/{solviken.class_4a.key}/?round=abc"

    response = client.get(address)

    assert response.headers["Location"] == f"/sign-in/?next=/classes/{solviken.class_4a.key}/%3Fround%3Dabc"


def test_breadcrumb_links_only_where_the_person_may_go(in_solviken: Place, clock: datetime.date) -> None:
    place = in_solviken
    line = line_of(place.class_4a, clock)

    def linked(user: User) -> list[str]:
        return [name for name, address in breadcrumb_of(Sight(user), line) if address]

    assert linked(place.teacher) == ["4A"]
    assert linked(place.principal) == ["Solviksskolan", "4A"]
    assert linked(place.administration_head) == [
        "Barn och utbildning Solviken",
        "Område Solviken",
        "Solviksskolan",
    ]
    assert [name for name, _address in breadcrumb_of(Sight(place.teacher), line)][:1] == ["Solviken"]


def test_navigation_shows_pages_of_the_persons_roles(solviken: Place, sign_in) -> None:
    def addresses(user: User, where: str = "navigation") -> list[str]:
        return [entry["url"] for entry in sign_in(user).get("/").context[where]]

    assert addresses(solviken.teacher) == ["/", "/interventions/", "/meetings/", "/questions/", "/fill-in/"]
    assert addresses(solviken.principal) == [
        *("/", "/interventions/", "/meetings/", "/catalogue/", "/questions/", "/fill-in/"),
    ]
    assert addresses(solviken.principal, "more_navigation") == [
        *("/groups/", "/maps/schools/", "/thresholds/", "/protected/"),
    ]
    assert addresses(solviken.teacher, "more_navigation") == []
    assert addresses(solviken.coordinator) == [
        *("/", "/routine/", "/fill-in/", "/imports/", "/groups/", "/rounds/"),
    ]
    assert addresses(solviken.administrator) == ["/", "/catalogue/", "/administration/"]
    assert addresses(solviken.board_member) == ["/", "/meetings/", "/questions/"]
    assert addresses(solviken.collaboration_partner) == ["/"]


def test_page_of_the_bar_is_marked_as_current(solviken: Place, sign_in) -> None:
    entries = sign_in(solviken.teacher).get("/interventions/").context["navigation"]

    assert [entry["url"] for entry in entries if entry["current"]] == ["/interventions/"]


def test_person_without_a_role_sees_only_the_start_page(solviken: Place, sign_in) -> None:
    with municipality_scope(solviken.municipality):
        newcomer = PersonFactory()
        schools = Unit.objects.filter(level=Level.SCHOOL)
        browser = sign_in(newcomer)

        assert browser.get("/").status_code == 200
        assert {browser.get(f"/units/{school.key}/").status_code for school in schools} == {403}
        assert RoleCode.TEACHER not in {held.role for held in Sight(newcomer).assignments}
