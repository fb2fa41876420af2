"""The administrator's pages of single sign-on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..act_page import ActPage, Preview
from ..administration_views import administration_crumbs
from ..fresh import freshly_signed_in
from ..models import Identity, IdentityProvider, Protocol, RoleMapping, User
from ..refusal import ActRefused
from ..roles import ROLES, Permission
from ..unit_tree import tree_rows
from ..web import MunicipalityRequest, requires_for_all
from . import emergency, setting_up
from .arriving import check_claims, identity_of
from .assurance import asserts_second_factor
from .begun import Begun, Purpose
from .claims import Claims
from .forms import ClaimsForm, LinkForm, MappingForm, provider_form
from .linking import make_link_code, unlink
from .previewing import preview_of_seen, preview_of_values
from .queries import emergency_accounts, missing_emergency_accounts
from .refusals import SignInRefused
from .testing import last_test
from .views import begin_at, callback_address, saml_addresses

PEOPLE_SHOWN = 200


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def setup(request: MunicipalityRequest) -> HttpResponse:
    """The providers, the emergency accounts, and whether passwords still open anything."""
    accounts = {account.number: account for account in emergency_accounts()}
    context = {
        "providers": [
            (provider, provider.is_in_force(request.sight.today))
            for provider in IdentityProvider.objects.order_by("name", "pk")
        ],
        "accounts": [(number, accounts.get(number)) for number in emergency.NUMBERS],
        "n_missing": missing_emergency_accounts(),
        "only_way": IdentityProvider.objects.on(request.sight.today).filter(is_only_way=True).first(),
        "address": request.build_absolute_uri(
            reverse("accounts:municipality-sign-in", args=[request.municipality.code])
        ),
        "breadcrumb": administration_crumbs((_("Single sign-on"), "")),
    }
    return render(request, "accounts/single_sign_on/setup.html", context)


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def provider_new(request: MunicipalityRequest, protocol: str) -> HttpResponse:
    if protocol not in Protocol.values:
        raise Http404
    form = provider_form(protocol, **_posted(request), today=request.sight.today)
    if form.is_bound and form.is_valid():
        try:
            provider = setting_up.add_provider(
                protocol=Protocol(protocol), facts=form.facts(), secret=form.sent_secret(), by=request.user
            )
        except ActRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The provider is set up. Try it before people use it."))
            return redirect("accounts:sso-provider", key=provider.key)
    context = {"form": form, "protocol": Protocol(protocol), "breadcrumb": _crumbs((_("New provider"), ""))}
    return render(request, "accounts/single_sign_on/provider_new.html", context, status=_status(form))


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def provider_edit(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What is known of a provider, what it has to know of us, and what can be done with it."""
    provider = _provider(key)
    form = provider_form(provider.protocol, provider, **_posted(request))
    if form.is_bound and form.is_valid():
        facts = form.facts()
        if facts.get("issuer", provider.issuer) != provider.issuer:
            form.add_error(None, _("This is the metadata of another provider: set that one up as a new one."))
        else:
            setting_up.change_provider(
                provider=provider, facts=facts, secret=form.sent_secret(), by=request.user
            )
            messages.success(request, _("The provider is changed."))
            return redirect("accounts:sso-provider", key=provider.key)
    context = {
        "provider": provider,
        "form": form,
        "addresses": _our_addresses(request, provider),
        "breadcrumb": _crumbs((provider.name, "")),
    }
    return render(request, "accounts/single_sign_on/provider.html", context, status=_status(form))


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def provider_test(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Signs in at the provider without entering, and shows what it said and what would come of it."""
    provider = _provider(key)
    if request.method == "POST":
        return begin_at(request, request.municipality, provider, Begun(Purpose.TEST, is_anew=True))
    said = last_test(request, provider)
    context = {
        "provider": provider,
        "said": said,
        "checks": _checks_of(provider, said) if said else [],
        "breadcrumb": _crumbs(_crumb_of(provider), (_("Try"), "")),
    }
    return render(request, "accounts/single_sign_on/provider_test.html", context)


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def mapping(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The table from values to roles, what it would give and end, and its switch. A form says what it does."""
    provider = _provider(key)
    does = request.POST.get("does", "")
    units = [(row.unit, row.depth) for row in tree_rows(request.sight.today)]
    form = MappingForm(*(_sent(request) if does == "add" else ()), units=units)
    tried = ClaimsForm(*(_sent(request) if does == "try" else ()))
    if does == "add" and form.is_valid():
        setting_up.add_mapping(provider=provider, by=request.user, **form.cleaned_data)
        return redirect("accounts:sso-mapping", key=provider.key)
    if does == "remove":
        chosen = RoleMapping.objects.filter(provider=provider, key=request.POST.get("mapping", "")).first()
        if chosen is None:
            raise Http404
        setting_up.remove_mapping(mapping=chosen, by=request.user)
        return redirect("accounts:sso-mapping", key=provider.key)
    if does == "switch":
        setting_up.switch_mapping(provider=provider, is_on=request.POST.get("is_on") == "1", by=request.user)
        return redirect("accounts:sso-mapping", key=provider.key)
    today = request.sight.today
    context = {
        "provider": provider,
        "mappings": provider.mappings.select_related("unit").order_by("value", "role", "pk"),
        "sentences": ROLES,
        "form": form,
        "tried": tried,
        "tried_out": preview_of_values(provider, tried.cleaned_data["groups"])
        if does == "try" and tried.is_valid()
        else None,
        "seen": preview_of_seen(provider, today),
        "breadcrumb": _crumbs(_crumb_of(provider), (_("Roles by group"), "")),
    }
    is_wrong = (does == "add" and form.errors) or (does == "try" and tried.errors)
    return render(request, "accounts/single_sign_on/mapping.html", context, status=422 if is_wrong else 200)


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def only_way(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The switch that turns passwords off, or on again, with what it comes to."""
    provider = _provider(key)
    today, turns_on = request.sight.today, not provider.is_only_way

    def preview_of(_form: Any) -> Preview:
        if turns_on:
            for reason in setting_up.reasons_against_only_way(provider=provider, by=request.user, on=today):
                raise ActRefused(reason)
        return _preview_of_switch(provider, turns_on)

    def carry_out(_form: Any) -> tuple[str, str]:
        if turns_on:
            setting_up.make_only_way(provider=provider, by=request.user, on=today)
            return _("Single sign-on is the only way in now."), reverse("accounts:sso-setup")
        setting_up.open_other_ways(provider=provider, by=request.user)
        return _("Passwords open their accounts again."), reverse("accounts:sso-setup")

    page = ActPage(
        heading=_("Single sign-on as the only way in") if turns_on else _("Allow passwords again"),
        back=reverse("accounts:sso-provider", args=[provider.key]),
        preview_of=preview_of,
        carry_out=carry_out,
        intro=_(
            "Passwords and passkeys that are kept here then open nothing any more, the two emergency accounts apart. "
            "Who has no account linked cannot come in."
        )
        if turns_on
        else "",
        context={"breadcrumb": _crumbs(_crumb_of(provider), (_("The only way in"), ""))},
    )
    return page.answer(request, forms.Form(*_sent(request)))


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
@require_POST
def emergency_seal(request: MunicipalityRequest, number: int) -> HttpResponse:
    """Seals an emergency account: its new password is on this page, and nowhere else."""
    if number not in emergency.NUMBERS:
        raise Http404
    account, password = emergency.seal_emergency_account(number=number, by=request.user)
    context = {
        "account": account,
        "password": password,
        "breadcrumb": _crumbs((_("Emergency account"), "")),
    }
    return render(request, "accounts/single_sign_on/emergency_sealed.html", context)


@requires_for_all(Permission.CONFIGURE)
@freshly_signed_in
def people(request: MunicipalityRequest) -> HttpResponse:
    """Whose account is linked to which provider; a code for somebody whose is not."""
    does = request.POST.get("does", "")
    form, code = LinkForm(*(_sent(request) if does == "code" else ())), None
    if does == "unlink":
        identity = Identity.objects.filter(key=request.POST.get("identity", "")).first()
        if identity is None:
            raise Http404
        unlink(identity=identity, by=request.user)
        messages.success(request, _("The account is no longer linked."))
        return redirect("accounts:sso-people")
    person = None
    if does == "code" and form.is_valid():
        person = User.objects.filter(
            municipality=request.municipality, login=form.cleaned_data["login"], is_active=True
        ).first()
        if person is None:
            form.add_error("login", _("Nobody here has this user name."))
        else:
            code = make_link_code(user=person, by=request.user)
    names = dict(IdentityProvider.objects.values_list("issuer", "name"))
    linked = Identity.objects.select_related("user").order_by("user__name", "pk")
    context = {
        "form": form,
        "person": person,
        "code": code,
        "linked": [
            (identity, names.get(identity.issuer, identity.issuer)) for identity in linked[:PEOPLE_SHOWN]
        ],
        "n_linked": linked.count(),
        "breadcrumb": _crumbs((_("Linked accounts"), "")),
    }
    return render(
        request,
        "accounts/single_sign_on/people.html",
        context,
        status=422 if does == "code" and form.errors else 200,
    )


def _provider(key: str) -> IdentityProvider:
    provider = IdentityProvider.objects.select_related("municipality").filter(key=key).first()
    if provider is None:
        raise Http404
    return provider


def _sent(request: MunicipalityRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def _posted(request: MunicipalityRequest) -> dict[str, Any]:
    """For a form that takes files as well."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return administration_crumbs((_("Single sign-on"), reverse("accounts:sso-setup")), *crumbs)


def _crumb_of(provider: IdentityProvider) -> tuple[str, str]:
    return provider.name, reverse("accounts:sso-provider", args=[provider.key])


def _our_addresses(request: MunicipalityRequest, provider: IdentityProvider) -> list[tuple[str, str]]:
    """(term, address) of what is to be entered at the provider."""
    if provider.protocol == Protocol.OIDC:
        return [(_("Redirect address"), callback_address(request, provider))]
    ours = saml_addresses(request, provider)
    return [
        (_("Entity id, and address of our metadata"), ours.metadata),
        (_("Address for assertions (ACS)"), ours.acs),
    ]


def _checks_of(provider: IdentityProvider, said: Claims) -> list[tuple[str, str]]:
    """(term, finding) of what would come of a sign-in like the one that was tried."""
    try:
        check_claims(provider, said)
        outcome = _("yes")
    except SignInRefused as refusal:
        outcome = str(refusal.reason.sentence)
    identity = identity_of(provider, said.subject)
    has_second = asserts_second_factor(provider.second_factor_values, said.assurances)
    return [
        (_("Signature, issuer, audience and times"), _("right")),
        (_("Would be let in"), outcome),
        (
            _("Second factor"),
            _("asserted") if has_second else _("not asserted: ours is asked for, where it is needed"),
        ),
        (_("Account"), identity.user.name if identity else _("none linked")),
    ]


def _preview_of_switch(provider: IdentityProvider, turns_on: bool) -> Preview:
    people = User.objects.filter(municipality=provider.municipality, is_active=True)
    linked = Identity.objects.filter(issuer=provider.issuer, user__is_active=True).count()
    facts = [
        (_("People with an account here"), str(people.count())),
        (_("of whom are linked to the provider"), str(linked)),
    ]
    if turns_on:
        return Preview(_("Shall single sign-on be the only way in?"), facts, _("Turn passwords off"))
    return Preview(_("Shall passwords open their accounts again?"), facts, _("Allow passwords"))
