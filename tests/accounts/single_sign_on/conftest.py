"""Real providers of identities on this machine, and browsers that sign in by them. The clock is the real one: tokens
and assertions are signed with it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import IdentityProvider, User
from accounts.tenancy import municipality_scope
from tests.factories.single_sign_on import IdentityFactory, ProviderFactory
from tests.fixtures import Place

from .oidc_browser import HOST, running_provider
from .saml_idp import SigningIdp


@pytest.fixture
def clock() -> datetime.date:
    """The real day, instead of that of the other tests."""
    return timezone.localdate()


@pytest.fixture(autouse=True)
def _host(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [HOST]


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en", "host": HOST})


@pytest.fixture
def oidc(solviken: Place, issuer: str) -> IdentityProvider:
    """Solviken's provider of OpenID Connect."""
    with municipality_scope(solviken.municipality):
        return ProviderFactory(issuer=issuer, client_id="solviken-client")


@pytest.fixture
def other_oidc(fjordvik: Place, issuer: str) -> IdentityProvider:
    """Fjordvik's, which is run by the same issuer."""
    with municipality_scope(fjordvik.municipality):
        return ProviderFactory(issuer=issuer, client_id="fjordvik-client")


@pytest.fixture(scope="session")
def idp() -> SigningIdp:
    return SigningIdp("https://idp.solviken.example/metadata")


@pytest.fixture(scope="session")
def other_idp() -> SigningIdp:
    return SigningIdp("https://idp.fjordvik.example/metadata")


@pytest.fixture
def saml(solviken: Place, idp: SigningIdp) -> IdentityProvider:
    with municipality_scope(solviken.municipality):
        return ProviderFactory(**idp.facts())


@pytest.fixture
def other_saml(fjordvik: Place, other_idp: SigningIdp) -> IdentityProvider:
    with municipality_scope(fjordvik.municipality):
        return ProviderFactory(**other_idp.facts())


@pytest.fixture
def link() -> Callable[[IdentityProvider, User, str], None]:
    """`link(provider, person, subject)`: the person is known to the provider by the subject."""

    def linked(provider: IdentityProvider, person: User, subject: str) -> None:
        with municipality_scope(provider.municipality):
            IdentityFactory(issuer=provider.issuer, user=person, subject=subject)

    return linked
