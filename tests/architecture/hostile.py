"""Sixty names that somebody who wishes us ill would choose, and a municipality in which everything is called so.

What would run calls `xq7`: nothing else does, so a call or a tag with that word in it has come out of a name.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Level, Unit
from accounts.tenancy import TenantModel, municipality_scope
from colourmaps.models import ColourMap, MapIndicator
from pupils.identity import search_key
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, ImportBatchFactory, IndicatorFactory, record
from tests.factories.pupils import GroupFactory, PupilFactory

from .permission_matrix import MAP_KEY, World

WORD = "xq7"
PAYLOADS = [
    # Elements and attributes
    "<script>xq7(1)</script>",
    "<ScRiPt>xq7(2)</sCrIpT>",
    "<script src=//xq7.example></script>",
    "</script><script>xq7(3)</script>",
    "<<script>xq7(4)//<</script>",
    "<img src=x onerror=xq7(5)>",
    "<img/src/onerror=xq7(6)>",
    '"><img src=x onerror=xq7(7)>',
    "'><img src=x onerror=xq7(8)>",
    '" onmouseover="xq7(9)" x="',
    "' onfocus='xq7(10)' autofocus x='",
    "` onfocus=`xq7(11)` autofocus `",
    '" autofocus onfocus=xq7(12) x="',
    "<input autofocus onfocus=xq7(13)>",
    "<body onload=xq7(14)>",
    "<details open ontoggle=xq7(15)>",
    "<video><source onerror=xq7(16)></video>",
    "<iframe srcdoc='<script>parent.xq7(17)</script>'>",
    "<iframe src=javascript:xq7(18)>",
    "<object data=javascript:xq7(19)>",
    "<form action=javascript:xq7(20)><button>x",
    "<style>@import'//xq7.example';</style>",
    "<link rel=stylesheet href=//xq7.example>",
    "<base href=//xq7.example/>",
    "<meta http-equiv=refresh content=0;url=//xq7.example>",
    "<!--><img src=x onerror=xq7(21)>-->",
    "--><script>xq7(22)</script>",
    "]]><script>xq7(23)</script>",
    "</title><script>xq7(24)</script>",
    "</textarea><script>xq7(25)</script>",
    "</option></select><img src=x onerror=xq7(26)>",
    "<template><script>xq7(27)</script></template>",
    "<div hx-get=//xq7.example hx-trigger=load>",
    "<b hx-on:load=xq7(28)>x</b>",
    # SVG and MathML
    "<svg onload=xq7(29)>",
    "<svg><script>xq7(30)</script></svg>",
    "<svg><a href=javascript:xq7(31)><text>x",
    "<svg><animate onbegin=xq7(32) attributeName=x>",
    "<math><a href=javascript:xq7(33)>x",
    # Addresses
    "javascript:xq7(34)",
    "java\tscript:xq7(35)",
    "data:text/html,<script>xq7(36)</script>",
    # Templates
    "{{ xq7 }}{% debug %}",
    "${xq7(37)}",
    "#{xq7(38)}",
    "{{constructor.constructor('xq7(39)')()}}",
    "%7B%7Bxq7%7D%7D%3Cscript%3Exq7(40)%3C/script%3E",
    "&lt;script&gt;xq7(41)&lt;/script&gt;",
    # Unicode
    "\u202exq7\u202d<img src=x onerror=xq7(42)>",
    "＜script＞xq7(43)＜/script＞",
    "\u2028</script><script>xq7(44)</script>\u2029",
    "xq7\u200b\ufeff\u0301\u0301\u0301\u0301<i onclick=xq7(45)>",
    "%c0%bcscript%c0%bexq7(46)%c0%bc/script%c0%be",
    "\ud7ff\ue000\ufffexq7<u onclick=xq7(47)>",
    # Formulas, CSV and SQL
    "=1+1",
    '=HYPERLINK("//xq7.example";"xq7")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '+xq7";"=1+1";\r\n-1',
    "xq7'; drop table pupils_pupil; --",
    "A" * 80 + "<img src=x onerror=xq7(48)>" + "Å" * 4000,
]
# Written by the product alone: codes, digests, names of tasks and people's logins.
NO_FREE_TEXT = frozenset(
    "key own_id identity_number search_name search_text login password code digest signature stored_as subject action "
    "task phase split verdict reason state language role rule version unit colours_rule movement_rule coverage_rule "
    "source_key entry_key level".split()
)
# What nobody writes by hand: the log and its seals, sealed names, what a provider of identities said.
NO_FREE_TABLES = frozenset(
    "AuditEvent AuditPupil AuditSeal SealedEvent AuditCheck ProtectedIdentity Identity IdentityProvider LinkCode "
    "SpentAssertion SeenClaims RetentionRun ExportedFile Erasure ErasedCount".split()
)
NAMES_BY_LANGUAGE = ("names", "texts", "definitions")


def fitting(field: models.Field, n: int) -> str:
    """The payload of a number, as much of it as the field takes; one that is cut is still in a row of its own."""
    again = f"{n} " if n >= len(PAYLOADS) else ""  # names are told apart
    text = again + PAYLOADS[n % len(PAYLOADS)]
    return text[: field.max_length] if field.max_length else text


def plant(world: World) -> None:
    """One pupil, school, class, indicator, group and file for each payload; every other text says one of them."""
    with municipality_scope(world.place.municipality):
        _many(world)
        for n, model in enumerate(sorted(apps.get_models(), key=lambda each: each.__name__)):
            if issubclass(model, TenantModel) and model.__name__ not in NO_FREE_TABLES:
                _overwrite(model, n)
        for pupil in Pupil.objects.all():
            Pupil.objects.filter(pk=pupil.pk).update(
                search_name=search_key(f"{pupil.family_name} {pupil.given_name}")[:200]
            )


def _many(world: World) -> None:
    used = ColourMap.objects.get(key=MAP_KEY)
    for n, _payload in enumerate(PAYLOADS):
        pupil = PupilFactory(family_name=f"Efternamn{n}", school_class=world.class_4a)
        indicator = IndicatorFactory(code=f"HOSTILE{n}")
        DueIndicatorFactory(indicator=indicator, round=world.round)
        MapIndicator.objects.create(
            municipality=used.municipality, colour_map=used, indicator=indicator, position=n + 1
        )
        record(world.round, indicator, {pupil: 2000, world.pupil: 1000})
        UnitFactory(level=Level.SCHOOL, name=f"Skola {n}", parent=world.place.area)
        SchoolClassFactory(name=f"Klass {n}", parent=world.school)
        GroupFactory(name=f"Grupp {n}")
        ImportBatchFactory(file_name=f"fil{n}.xlsx", by=world.place.coordinator)


def _overwrite(model: type[models.Model], start: int) -> None:
    fields = [each for each in model._meta.concrete_fields if is_free_text(each)]
    by_language = [each for each in model._meta.concrete_fields if each.name in NAMES_BY_LANGUAGE]
    for n, row in enumerate(model._default_manager.order_by("pk")):
        if isinstance(row, Pupil) and row.is_protected:
            continue  # has no name: the database sees to that
        changes: dict[str, Any] = {
            field.name: fitting(
                field, n if field.name in ("name", "family_name", "file_name") else start + n + k
            )
            for k, field in enumerate(fields)
            if getattr(row, field.name) or field.name == "given_name"
        }
        for field in by_language:
            changes[field.name] = _replaced(getattr(row, field.name), n)
        if isinstance(row, Unit) and row.level <= Level.AREA:
            changes.pop("name", None)  # they stand above all others, and are told apart by it
        if changes:
            model._default_manager.filter(pk=row.pk).update(**changes)


def is_free_text(field: models.Field) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and field.name not in NO_FREE_TEXT
        and not field.choices
        and not field.unique
        and (field.max_length or 1000) >= 40
    )


def _replaced(value: Any, n: int) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, n) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, n + k) for k, each in enumerate(value)]
    return PAYLOADS[n % len(PAYLOADS)][:100] if isinstance(value, str) and value else value
