"""Providers of identities. All are made inside `municipality_scope()`."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Identity, IdentityProvider, Protocol
from accounts.single_sign_on.sealing import seal
from accounts.tenancy import current_municipality

from .accounts import LONG_AGO


class ProviderFactory(DjangoModelFactory):
    """A provider of OpenID Connect, in force."""

    class Meta:
        model = IdentityProvider

    municipality = factory.LazyFunction(current_municipality)
    name = factory.LazyFunction(lambda: f"Inloggning {current_municipality().name}")
    protocol = Protocol.OIDC
    issuer = factory.Sequence(lambda n: f"https://login{n}.example")
    client_id = "colour-maps"
    sealed_secret = factory.LazyFunction(lambda: seal("a secret of the provider"))
    groups_claim = "groups"
    second_factor_values = factory.LazyFunction(lambda: ["mfa"])
    valid_from = LONG_AGO


class IdentityFactory(DjangoModelFactory):
    """A person who is known to a provider by a subject."""

    class Meta:
        model = Identity

    municipality = factory.LazyFunction(current_municipality)
    subject = factory.Sequence(lambda n: f"subject-{n}")
