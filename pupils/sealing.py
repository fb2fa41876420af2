"""Puts who a pupil is into the sealed store; for the services that write pupils. See protected.py for the way back."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.refusal import ActRefused
from accounts.tenancy import current_municipality

from .models import ProtectedIdentity, Pupil
from .protected import NUMBER, OWN_ID, Identity, locator_of, number_mac, place_of
from .sealed import is_set_up, seal

# Rows sent to the database at a time.
BATCH = 5000
NAMELESS = {"family_name": "", "given_name": "", "identity_number": "", "own_id": "", "search_name": ""}


def refuse_without_key() -> None:
    if not is_set_up():
        raise ActRefused(
            _("This installation has no key for protected identities yet. Ask whoever runs it to set one up.")
        )


def keep_sealed(identities: Sequence[tuple[Pupil, Identity]]) -> None:
    """Seals who they are. The rows of the register are the caller's to empty, in the same transaction."""
    municipality = current_municipality()
    rows = []
    for pupil, identity in identities:
        sealed = seal(identity.as_sealed(), place=place_of(pupil.key))
        rows.append(
            ProtectedIdentity(
                municipality=municipality,
                locator=locator_of(pupil.key),
                number_mac=number_mac(NUMBER, identity.identity_number),
                own_id_mac=number_mac(OWN_ID, identity.own_id),
                sealed=sealed.text,
                sealed_with=sealed.sealed_with,
            )
        )
    ProtectedIdentity.objects.bulk_create(rows, batch_size=BATCH)


def take_name(pupil: Pupil) -> Identity:
    """Takes name and numbers off a pupil who is not written yet, or is about to be."""
    identity = Identity(pupil.family_name, pupil.given_name, pupil.identity_number, pupil.own_id)
    for name, value in NAMELESS.items():
        setattr(pupil, name, value)
    return identity
