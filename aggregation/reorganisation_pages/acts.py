"""Which form, preview and deed belong to which act (accounts.reorganisation.KINDS)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.act_page import Preview
from accounts.reorganisation import (
    close_unit,
    create_unit,
    give_code,
    merge_units,
    move_unit,
    plan_closing,
    plan_merge,
    plan_move,
    plan_split,
    rename_unit,
    split_unit,
)

from .forms import ActForm, AddForm, CloseForm, CodeForm, DivideForm, MergeForm, MoveForm, RenameForm
from .previews import preview_addition, preview_code, preview_plan, preview_renaming


@dataclass(frozen=True)
class Act:
    """preview and do get the form's arguments, do also `by`; both raise Refused. done: the sentence afterwards."""

    form: type[ActForm]
    preview: Callable[..., Preview]
    do: Callable[..., Any]
    done: Promise


ACTS = {
    "move": Act(MoveForm, partial(preview_plan, plan_move), move_unit, _("The unit is moved.")),
    "merge": Act(MergeForm, partial(preview_plan, plan_merge), merge_units, _("The units are merged.")),
    "divide": Act(DivideForm, partial(preview_plan, plan_split), split_unit, _("The unit is divided.")),
    "close": Act(CloseForm, partial(preview_plan, plan_closing), close_unit, _("The unit is closed.")),
    "code": Act(CodeForm, preview_code, give_code, _("The unit has its new code.")),
    "rename": Act(RenameForm, preview_renaming, rename_unit, _("The unit has its new name.")),
    "add": Act(AddForm, preview_addition, create_unit, _("The unit is added.")),
}
