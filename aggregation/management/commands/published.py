from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access import SightOfRole
from accounts.audit import was_recorded
from accounts.models import Municipality, Unit
from accounts.queries import root_unit
from accounts.roles import ROLES, Permission, RoleCode
from accounts.tenancy import municipality_scope
from aggregation.published import published, truth

HELP = """Writes exactly what a role can read of sums, in every round, slice and version, as one JSON document:
{"nodes": [{"id", "parent"}], "tables": {KEY: {"n": {node: count}, "cells": {node: [green, yellow, red]}}}, "links":
[{"left": [KEY], "right": [KEY]}]}, null where nothing is shown. KEY is indicator/round/slice/version. Units that are
shown together are null themselves; their sum is that of a node {"id": "pool:…", "parent": null, "members": [ids]}.
For the board, cells are null and "shares" has per cent in steps of five. docs/published.md says the rest."""
REFUSED = 2


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--municipality", metavar="CODE", required=True)
        parser.add_argument("--role", metavar="ROLE", required=True, help=", ".join(RoleCode.values))
        parser.add_argument(
            "--unit", metavar="KEY", help="where the role is held; without it, for the whole municipality"
        )
        parser.add_argument("--json", action="store_true", help="the only form there is; may be left out")
        parser.add_argument(
            "--truth",
            action="store_true",
            help="the same tables with the counts behind them: for invented municipalities only",
        )

    def handle(self, *, municipality: str, role: str, unit: str | None, **options: Any) -> None:
        tenant = Municipality.objects.filter(code=municipality).first()
        if tenant is None:
            raise refusal(f"There is no municipality with the code {municipality}.")
        if role not in RoleCode.values:
            raise refusal(f"There is no role {role}; the roles are {', '.join(RoleCode.values)}.")
        with municipality_scope(tenant):
            where = self.unit(role, unit)
            if options["truth"] and not was_recorded("municipality seeded"):
                raise refusal(
                    f"{tenant.name} was not filled with invented pupils: its true figures stay inside."
                )
            write = truth if options["truth"] else published
            document = write(SightOfRole(RoleCode(role), where), where)
        self.stdout.write(json.dumps(document, ensure_ascii=False))

    def unit(self, role: str, key: str | None) -> Unit:
        """Where the role is held. Who sees pupils holds it at one unit, which must be named."""
        permissions = ROLES[role].permissions
        if Permission.SEE_SUMS not in permissions:
            raise refusal(f"The role {role} reads no sums.")
        if key is None:
            if Permission.SEE_PUPILS in permissions:
                raise refusal(f"The role {role} is held at one unit: name it with --unit.")
            return root_unit()
        unit = Unit.objects.select_related("kind").filter(key=key).first()
        if unit is None:
            raise refusal(f"There is no unit with the key {key}.")
        if unit.level > ROLES[role].lowest_level:
            raise refusal(f"The role {role} reads nothing below the school.")
        return unit


def refusal(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=REFUSED)
