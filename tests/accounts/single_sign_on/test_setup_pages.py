"""The administrator's pages, and the public page with the buttons."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, EmergencyAccount, IdentityProvider, Protocol, RoleMapping, User
from accounts.single_sign_on.linking import code_typed
from accounts.single_sign_on.sealing import unseal
from accounts.tenancy import municipality_scope
from tests.fixtures import Place

from .oidc_browser import HOST, path_of, sign_in_there, who
from .saml_idp import SigningIdp

Link = Callable[[IdentityProvider, User, str], None]
SECRET = "a secret of the provider, to be told to nobody"


@pytest.fixture
def administrator(solviken: Place, browser: Client) -> Client:
    browser.force_login(solviken.administrator)
    return browser


def page_of(name: str, *arguments: object) -> str:
    return reverse(f"accounts:sso-{name}", args=arguments)


def filled_in(issuer: str, **changes: str) -> dict[str, str]:
    return {
        "name": "Solvikens inloggning",
        "issuer": issuer,
        "client_id": "solviken",
        "secret": SECRET,
        "groups_claim": "groups",
        "required_assurances": "loa3\n loa4 \n\nloa3",
        "second_factor_values": "mfa",
        "valid_from": "2026-01-01",
        **changes,
    }


def test_provider_of_openid_connect_is_set_up_and_its_secret_never_shown(
    solviken: Place, administrator: Client
) -> None:
    response = administrator.post(page_of("provider-new", "oidc"), filled_in("https://login.example"))

    with municipality_scope(solviken.municipality):
        provider = IdentityProvider.objects.get()
        assert (provider.issuer, provider.required_assurances) == ("https://login.example", ["loa3", "loa4"])
        assert unseal(provider.sealed_secret) == SECRET
        assert SECRET not in provider.sealed_secret
        events = [str(event.facts) for event in AuditEvent.objects.all()]
        assert [event for event in events if SECRET in event or provider.sealed_secret in event] == []
    assert response.headers["Location"] == page_of("provider", provider.key)
    page = administrator.get(response.headers["Location"]).content.decode()
    assert SECRET not in page
    assert provider.sealed_secret not in page
    assert f"http://{HOST}/single-sign-on/9901/{provider.key}/callback/" in page


def test_change_without_a_secret_keeps_it_and_the_issuer_stays(
    solviken: Place, administrator: Client
) -> None:
    administrator.post(page_of("provider-new", "oidc"), filled_in("https://login.example"))
    with municipality_scope(solviken.municipality):
        provider = IdentityProvider.objects.get()

    sent = filled_in("https://another.example", secret="", client_id="new")
    response = administrator.post(page_of("provider", provider.key), sent)

    assert response.status_code == 302
    with municipality_scope(solviken.municipality):
        provider.refresh_from_db()
        assert (provider.issuer, provider.client_id) == ("https://login.example", "new")
        assert unseal(provider.sealed_secret) == SECRET
        changed = AuditEvent.objects.get(action="identity provider changed")
        assert changed.facts == {"changed": ["client_id"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://login.example"},
        {"issuer": "https://10.0.0.1"},
        {"issuer": "login"},
        {"client_id": ""},
        {"secret": ""},
        {"valid_to": "2025-12-31"},
        {"required_assurances": "x" * 201},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_a_sentence(
    solviken: Place, administrator: Client, settings: object, changes: dict[str, str]
) -> None:
    settings.IDENTITY_PROVIDERS_MAY_BE_NEAR = False  # type: ignore[attr-defined]

    response = administrator.post(
        page_of("provider-new", "oidc"), filled_in("https://login.example") | changes
    )

    assert response.status_code == 422
    assert response.context["form"].errors
    with municipality_scope(solviken.municipality):
        assert not IdentityProvider.objects.exists()


def test_same_issuer_twice_is_refused(solviken: Place, oidc: IdentityProvider, administrator: Client) -> None:
    response = administrator.post(page_of("provider-new", "oidc"), filled_in(oidc.issuer))

    assert response.status_code == 422
    assert "set up already" in response.content.decode()


def test_provider_of_saml_is_set_up_by_its_metadata(
    solviken: Place, administrator: Client, idp: SigningIdp, other_idp: SigningIdp
) -> None:
    sent = filled_in("") | {"metadata": SimpleUploadedFile("idp.xml", idp.metadata().encode())}

    assert administrator.post(page_of("provider-new", "saml"), sent).status_code == 302

    with municipality_scope(solviken.municipality):
        provider = IdentityProvider.objects.get()
    assert provider.protocol == Protocol.SAML
    facts = idp.facts()
    assert (provider.issuer, provider.saml_address) == (facts["issuer"], facts["saml_address"])
    assert provider.saml_certificates == facts["saml_certificates"]
    another = filled_in("") | {"metadata": SimpleUploadedFile("idp.xml", other_idp.metadata().encode())}
    refused = administrator.post(page_of("provider", provider.key), another)
    assert refused.status_code == 422
    assert "another provider" in refused.content.decode()
    assert administrator.post(page_of("provider", provider.key), filled_in("")).status_code == 302


def test_trying_out_shows_what_came_and_changes_nothing(
    solviken: Place, oidc: IdentityProvider, administrator: Client
) -> None:
    page = page_of("provider-test", oidc.key)

    leaving = administrator.post(page)
    back = administrator.get(
        path_of(sign_in_there(leaving.context["address"], "eva", groups=["rektor"], acr="loa3", name="Eva"))
    )

    assert back.headers["Location"] == page
    shown = administrator.get(page).content.decode()
    for each in ("<dd>eva</dd>", "<dd>rektor</dd>", "<dd>loa3</dd>", "none linked"):
        assert each in shown
    assert who(administrator) == solviken.administrator.pk


def test_try_that_somebody_else_finishes_shows_nothing(
    solviken: Place, oidc: IdentityProvider, administrator: Client
) -> None:
    leaving = administrator.post(page_of("provider-test", oidc.key))
    back = path_of(sign_in_there(leaving.context["address"], "eva"))
    administrator.logout()

    assert administrator.get(back).status_code == 403


def test_provider_that_begins_later_is_tried_and_not_yet_used(
    solviken: Place, oidc: IdentityProvider, administrator: Client, link: Link, clock: datetime.date
) -> None:
    link(oidc, solviken.administrator, "eva")
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(valid_from=clock + datetime.timedelta(days=1))

    tried = administrator.post(page_of("provider-test", oidc.key))
    assert administrator.get(path_of(sign_in_there(tried.context["address"], "eva"))).status_code == 302
    administrator.logout()
    used = administrator.post(reverse("accounts:sso-begin", args=["9901", oidc.key]))
    back = administrator.get(path_of(sign_in_there(used.context["address"], "eva")))

    assert back.status_code == 403
    assert who(administrator) is None


def test_table_is_filled_tried_turned_on_and_emptied(
    solviken: Place, oidc: IdentityProvider, administrator: Client
) -> None:
    page = page_of("mapping", oidc.key)
    line = {"does": "add", "value": "rektor", "role": "principal", "unit": solviken.school.key}

    assert administrator.post(page, line).status_code == 302
    assert administrator.post(page, line).status_code == 302
    tried = administrator.post(page, {"does": "try", "groups": "rektor\nannat"})
    assert "Gives: principal, Solviksskolan" in tried.content.decode()
    assert "Gives no role." in administrator.post(page, {"does": "try", "groups": "annat"}).content.decode()
    assert administrator.post(page, line | {"unit": "elsewhere"}).status_code == 422
    administrator.post(page, {"does": "switch", "is_on": "1"})

    with municipality_scope(solviken.municipality):
        assert IdentityProvider.objects.get().maps_roles
        mapping = RoleMapping.objects.get()
    administrator.post(page, {"does": "remove", "mapping": mapping.key})
    administrator.post(page, {"does": "switch"})
    with municipality_scope(solviken.municipality):
        assert not RoleMapping.objects.exists()
        assert not IdentityProvider.objects.get().maps_roles
        actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "role mapping added",
        "role mapping removed",
        "roles by group turned on",
        "roles by group turned off",
    } <= actions


def test_unit_of_another_municipality_cannot_stand_in_the_table(
    solviken: Place, fjordvik: Place, oidc: IdentityProvider, administrator: Client
) -> None:
    line = {"does": "add", "value": "rektor", "role": "principal", "unit": fjordvik.school.key}

    assert administrator.post(page_of("mapping", oidc.key), line).status_code == 422


def test_code_is_made_for_ones_own_people_and_shown_once(
    solviken: Place, fjordvik: Place, administrator: Client
) -> None:
    page = page_of("people")

    shown = administrator.post(page, {"does": "code", "login": solviken.teacher.login}).content.decode()

    code = re.search(r"<dd>((?:\w{4}-){3}\w{4})</dd>", shown)
    assert code is not None
    with municipality_scope(solviken.municipality):
        typed = code_typed(code[1])
        assert typed is not None
        assert typed.user == solviken.teacher
    assert code[1] not in administrator.get(page).content.decode()
    for login in (fjordvik.teacher.login, "nobody"):
        refused = administrator.post(page, {"does": "code", "login": login})
        assert (refused.status_code, "Nobody here" in refused.content.decode()) == (422, True)


def test_link_is_ended(solviken: Place, oidc: IdentityProvider, administrator: Client, link: Link) -> None:
    link(oidc, solviken.teacher, "anna")
    shown = administrator.get(page_of("people")).content.decode()
    key = re.search(r'name="identity" value="(\w+)"', shown)
    assert key is not None
    assert solviken.teacher.name in shown

    administrator.post(page_of("people"), {"does": "unlink", "identity": key[1]})

    assert "Nobody yet." in administrator.get(page_of("people")).content.decode()


def test_emergency_account_is_sealed_and_its_password_shown_once(
    solviken: Place, administrator: Client
) -> None:
    shown = administrator.post(page_of("emergency-seal", 1)).content.decode()

    password = re.search(r"<dd>((?:\w{5}-){4}\w{5})</dd>", shown)
    assert password is not None
    with municipality_scope(solviken.municipality):
        account = EmergencyAccount.objects.select_related("user").get()
    assert account.user.check_password(password[1])
    page = administrator.get(page_of("setup")).content.decode()
    assert password[1] not in page
    assert "1 sealed account is missing" in page
    assert administrator.post(page_of("emergency-seal", 3)).status_code == 404
    assert administrator.get(page_of("emergency-seal", 1)).status_code == 405


def test_switch_says_what_is_missing_and_then_turns_passwords_off(
    solviken: Place, oidc: IdentityProvider, administrator: Client, link: Link
) -> None:
    page = page_of("only-way", oidc.key)
    refused = administrator.post(page, {"step": ""})
    assert (refused.status_code, "2 are missing" in refused.content.decode()) == (422, True)

    for number in (1, 2):
        administrator.post(page_of("emergency-seal", number))
    link(oidc, solviken.administrator, "eva")
    with municipality_scope(solviken.municipality):
        oidc_identity = solviken.administrator.identities.get()
        oidc_identity.last_used_at = datetime.datetime.now(datetime.UTC)
        oidc_identity.save()
    preview = administrator.post(page, {"step": ""})
    assert preview.status_code == 200
    done = administrator.post(page, {"step": "do", "seal": preview.context["preview"].seal})

    assert done.status_code == 302
    with municipality_scope(solviken.municipality):
        assert IdentityProvider.objects.get().is_only_way


def test_page_of_a_municipality_has_its_buttons(
    solviken: Place, fjordvik: Place, oidc: IdentityProvider, other_oidc: IdentityProvider, browser: Client
) -> None:
    page = browser.get("/sign-in/9901/?next=/administration/").content.decode()

    assert "Sign in with Inloggning Solviken" in page
    assert "Fjordvik" not in page
    assert 'name="next" value="/administration/"' in page
    assert 'value="https' not in browser.get("/sign-in/9901/?next=https://evil.example/").content.decode()


@pytest.mark.parametrize("word", ["9901", "solviken", " SOLVIKEN "])
def test_municipality_is_found_by_name_and_code(oidc: IdentityProvider, browser: Client, word: str) -> None:
    response = browser.get(reverse("accounts:municipality-find"), {"municipality": word})

    assert response.headers["Location"] == "/sign-in/9901/"


def test_place_without_single_sign_on_is_answered_like_one_that_is_not_there(
    solviken: Place, fjordvik: Place, oidc: IdentityProvider, browser: Client
) -> None:
    pages = []
    for code in ("9902", "9999"):
        response = Client(headers={"accept-language": "en", "host": HOST}).get(
            f"/sign-in/{code}/", follow=True
        )
        without_token = re.sub(
            r'csrfmiddlewaretoken" value="\w+|x-csrftoken": "\w+', "", response.content.decode()
        )
        pages.append((response.redirect_chain, without_token))

    assert pages[0] == pages[1]
    assert "There is no single sign-on by that name" in pages[0][1]
