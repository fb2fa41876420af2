from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Municipality, Unit, User
from accounts.queries import root_unit
from accounts.roles import RoleCode
from accounts.services import add_person, assign_role
from accounts.tenancy import municipality_scope

PASSWORD_LENGTH = 20


class Command(BaseCommand):
    help = "Adds somebody who can sign in, or gives one more role to somebody who can. Prints a new password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--municipality", metavar="CODE", required=True)
        parser.add_argument("--name", help="needed for a new person")
        parser.add_argument("--role", choices=RoleCode.values, required=True)
        parser.add_argument(
            "--unit", metavar="NAME", help="by name or key; without it, the municipality itself"
        )
        parser.add_argument("--from", dest="valid_from", metavar="DATE", type=datetime.date.fromisoformat)
        parser.add_argument("--to", dest="valid_to", metavar="DATE", type=datetime.date.fromisoformat)

    @transaction.atomic
    def handle(self, *, login: str, municipality: str, role: str, **options: Any) -> None:
        tenant = Municipality.objects.filter(code=municipality).first()
        if tenant is None:
            raise CommandError(f"There is no municipality with the code {municipality}.")
        with municipality_scope(tenant):
            unit = self.unit(options["unit"])
            user = self.person(login, tenant, options["name"])
            assign_role(
                user=user,
                role=role,
                unit=unit,
                valid_from=options["valid_from"] or timezone.localdate(),
                valid_to=options["valid_to"],
            )
        self.stdout.write(f"{user.name} is {role} at {unit.name}.")

    def person(self, login: str, tenant: Municipality, name: object) -> User:
        user = User.objects.filter(login=login).first()
        if user is not None:
            if user.municipality_id != tenant.pk:
                raise CommandError(f"{login} belongs to another municipality.")
            return user
        if not name:
            raise CommandError(f"{login} is new: give a name with --name.")
        password = get_random_string(PASSWORD_LENGTH)
        self.stdout.write(f"Password of {login}, shown only now: {password}")
        return add_person(login=login, name=str(name), password=password)

    def unit(self, name: object) -> Unit:
        if name is None:
            return root_unit()
        today = Unit.objects.on(timezone.localdate())
        found = list(today.filter(key=name) or today.filter(name=name))
        if len(found) != 1:
            raise CommandError(f"{len(found)} units are called {name} today. Name the unit by its key.")
        return found[0]
