"""The declarations of all tables, by model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from .information import TYPES

Model = type[models.Model]
HOW = """{label} is declared nowhere. Write in {app}/personal_data.py one of:

    about_pupils({name}, by="pupil", kind="…", says=_("what a row tells of the pupil, in words for a parent"))
    not_about_pupils({name}, kind="…", because=_("why no row is about a pupil"){owner})
    of_the_platform({name}, because=_("why it belongs to no municipality and is in no export"))

by: the lookup from a row to the pupil's id (several: by=("pupil", "talk__pupil")). kind: one of {kinds}.
secrets=("field", …) for what no export may hold. See docs/data_subjects.md."""


@dataclass(frozen=True)
class Emptied:
    """The row stays for what is counted, without what it said. texts: fields of which nothing stays to be read.

    forgets: fields that become null.
    """

    texts: tuple[str, ...]
    forgets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Declaration:
    """by: lookups from a row to the id of the pupil whom it is about; none if it is about no pupil, `because`.

    owner: the lookup to the municipality; empty for a table of the platform, which is in no export.
    emptied: what becomes of rows at the pupil's erasure; without it they go. alone: a lookup to pupils: rows that name
    others there as well stay, and lose the names of the one who goes. entries: JSON fields with a list of
    {"pupil": id, …}, of which the pupil's own are taken out. shown: the only fields that an extract shows, if not all.
    in_words: how an extract shows a number of a field. secrets: fields that an export leaves out unless asked for, with
    what stands there instead.
    stays: why rows outlive the pupil's erasure (the audit log, with the bare id).
    """

    model: Model
    kind: str
    says: Promise | str
    by: tuple[str, ...] = ()
    owner: str = "municipality"
    emptied: Emptied | None = None
    alone: str = ""
    stays: Promise | str = ""
    entries: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    secrets: Mapping[str, Any] = field(default_factory=dict)
    in_words: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def is_about_pupils(self) -> bool:
        return bool(self.by or self.entries or self.stays)

    def rows_of(self, municipality_id: int) -> models.QuerySet:
        """All rows of a municipality, in the order of their keys; also outside its scope."""
        return self.model._base_manager.filter(**{self.owner: municipality_id}).order_by("pk")

    def rows_about(self, pupil_id: int) -> models.QuerySet:
        """The rows about one pupil, each once."""
        condition = models.Q(pk__in=[])
        for lookup in self.by:
            condition |= models.Q(**{lookup: pupil_id})
        found = self.model._default_manager.filter(condition)
        return found.distinct() if any("__" in lookup for lookup in self.by) else found


_declared: dict[Model, Declaration] = {}


def about_pupils(
    model: Model, *, kind: str, says: Promise | str, by: str | Collection[str] = "pupil", **more: Any
) -> None:
    _add(Declaration(model, kind, says, (by,) if isinstance(by, str) else tuple(by), **more))


def not_about_pupils(model: Model, *, kind: str, because: Promise | str, **more: Any) -> None:
    _add(Declaration(model, kind, because, **more))


def of_the_platform(model: Model, *, because: Promise | str) -> None:
    _add(Declaration(model, "platform", because, owner=""))


def _add(declaration: Declaration) -> None:
    if declaration.model in _declared:
        raise ValueError(f"{declaration.label} is declared twice")
    _declared[declaration.model] = declaration


def declaration_of(model: Model) -> Declaration:
    return _declared[model]


def declarations() -> list[Declaration]:
    """Of the tables that belong to municipalities, each after those that it refers to."""
    owned = [model for model in all_models() if model in _declared and _declared[model].owner]
    return [_declared[model] for model in parents_first(owned)]


def all_models() -> list[Model]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def parents_first(models_: Collection[Model]) -> list[Model]:
    """Each after those that it refers to, loose references included, which triggers guard at once.

    Where tables refer to each other in a ring, one of the references is looked at when the transaction ends.
    """
    ordered: list[Model] = []
    seen: set[Model] = set()

    def visit(model: Model) -> None:
        if model in seen or model not in models_:
            return
        seen.add(model)
        for column in model._meta.concrete_fields:
            if column.is_relation and column.related_model:
                visit(column.related_model)
        ordered.append(model)

    for model in models_:
        visit(model)
    return ordered


def faults() -> list[str]:
    """A sentence for each table that is declared nowhere, or with a type of information that there is not."""
    missing = [_how_to_declare(model) for model in all_models() if model not in _declared]
    unknown = [
        f"{each.label}: there is no type of information “{each.kind}”"
        for each in declarations()
        if each.kind not in TYPES
    ]
    return missing + unknown


def _how_to_declare(model: Model) -> str:
    meta = model._meta
    has_column = any(each.name == "municipality" for each in meta.concrete_fields)
    has_user = any(each.name == "user" for each in meta.concrete_fields)
    owner = "" if has_column else ', owner="user__municipality"' if has_user else ', owner="…__municipality"'
    ours = meta.app_config.path.startswith(str(apps.get_app_config("accounts").path).rpartition("/")[0])
    return HOW.format(
        label=meta.label,
        app=meta.app_label if ours and meta.app_label in _apps_of_ours() else "accounts",
        name=meta.object_name,
        owner=owner,
        kinds=", ".join(f'"{code}"' for code in TYPES),
    )


def _apps_of_ours() -> set[str]:
    return {declaration.model._meta.app_label for declaration in _declared.values()}
