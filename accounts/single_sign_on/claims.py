"""What a provider has said about a person, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

# More is no list of groups that somebody has set up; longer is no name of one.
MOST_VALUES, LONGEST_VALUE = 500, 200
LONGEST_SUBJECT = 255
# How Entra ID says that there were too many groups for the token, and how SAML names the same.
LEFT_OUT_IN_OIDC, LEFT_OUT_IN_SAML = "_claim_names", "http://schemas.microsoft.com/claims/groups.link"


class ClaimsRefused(ValueError):
    """What was said cannot be used; the message is for the log of the installation, without any value in it."""


@dataclass(frozen=True)
class Claims:
    """subject: by which the provider knows the person. assurances: acr and amr, or SAML's classes of authentication.

    are_groups_complete: not when the provider had too many groups to name them all.
    """

    subject: str
    groups: frozenset[str] = frozenset()
    assurances: frozenset[str] = frozenset()
    name: str = ""
    are_groups_complete: bool = True


def as_kept(claims: Claims) -> dict[str, Any]:
    """As it can stand in a session."""
    return asdict(claims) | {"groups": sorted(claims.groups), "assurances": sorted(claims.assurances)}


def from_kept(kept: Mapping[str, Any]) -> Claims:
    return Claims(
        **{**kept, "groups": frozenset(kept["groups"]), "assurances": frozenset(kept["assurances"])}
    )


def claims_of_token(payload: Mapping[str, Any], *, groups_claim: str) -> Claims:
    """Of a verified id_token of OpenID Connect."""
    left_out = payload.get(LEFT_OUT_IN_OIDC)
    return Claims(
        subject=_subject_of(payload.get("sub")),
        groups=_values_of(_found(payload, groups_claim)) if groups_claim else frozenset(),
        assurances=_values_of(payload.get("acr")) | _values_of(payload.get("amr")),
        name=_text_of(payload.get("name")),
        are_groups_complete=not (isinstance(left_out, Mapping) and groups_claim in left_out),
    )


def claims_of_assertion(
    attributes: Mapping[str, list[str]],
    *,
    name_id: str,
    contexts: Iterable[str],
    subject_attribute: str,
    groups_claim: str,
) -> Claims:
    """Of a verified SAML assertion. subject_attribute: empty when the subject's NameID is the subject."""
    subject = attributes.get(subject_attribute, []) if subject_attribute else [name_id]
    if len(subject) != 1:
        raise ClaimsRefused("The attribute of the subject does not have exactly one value.")
    names = (attributes.get(name, [""]) for name in NAMES_IN_SAML)
    return Claims(
        subject=_subject_of(subject[0]),
        groups=_values_of(attributes.get(groups_claim)) if groups_claim else frozenset(),
        assurances=_values_of([*contexts, *attributes.get(METHODS_IN_SAML, [])]),
        name=next((_text_of(values[0]) for values in names if values and values[0]), ""),
        are_groups_complete=LEFT_OUT_IN_SAML not in attributes,
    )


NAMES_IN_SAML = (
    "urn:oid:2.16.840.1.113730.3.1.241",  # displayName
    "displayName",
    "http://schemas.microsoft.com/identity/claims/displayname",
)
METHODS_IN_SAML = "http://schemas.microsoft.com/claims/authnmethodsreferences"


def _found(payload: Mapping[str, Any], name: str) -> Any:
    """The claim of the name; with dots also one within another, as in realm_access.roles."""
    if name in payload:
        return payload[name]
    found: Any = payload
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _values_of(value: Any) -> frozenset[str]:
    """One text or a list of them; everything else is nothing."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if len(listed) > MOST_VALUES:
        raise ClaimsRefused("There are more values than a list of groups has.")
    texts = {each.strip() for each in listed if isinstance(each, str)}
    return frozenset(text for text in texts if 0 < len(text) <= LONGEST_VALUE)


def _subject_of(value: Any) -> str:
    """As it was sent, to the letter: two subjects that differ in a space are two people."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_SUBJECT or "\0" in value:
        raise ClaimsRefused("There is no subject, or none that can be kept.")
    return value


def _text_of(value: Any) -> str:
    return " ".join(value.split())[:150] if isinstance(value, str) else ""
