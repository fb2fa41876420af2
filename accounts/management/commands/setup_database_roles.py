import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.walls.database_roles import OWNER, PROCESSES, grant, making, owning, role
from accounts.walls.policies import protect

VARIABLES = {"": "DATABASE_PASSWORD", **{kind: f"{kind.upper()}_DATABASE_PASSWORD" for kind in PROCESSES}}


class Command(BaseCommand):
    help = (
        "Makes the roles of the database: one that owns and migrates, one per kind of process that can not step over "
        "the wall between municipalities. To be run once, with the DATABASE_URL of a superuser; it can be run again. "
        f"Passwords are taken from {', '.join(VARIABLES.values())}; a role whose variable is not set keeps its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--owner", default=OWNER, help=f"name of the owner, with which the others begin ({OWNER})"
        )
        parser.add_argument(
            "--sql", action="store_true", help="prints what would be done, for psql, and does nothing"
        )

    def handle(self, *, owner: str, sql: bool, **_options: Any) -> None:
        if not owner.isidentifier():
            raise CommandError("The name of a role is letters, digits and underscores.")
        if sql:
            self.stdout.write(script(owner), ending="")
            return
        if connection.vendor != "postgresql":
            raise CommandError("Roles are of PostgreSQL. DATABASE_URL names another database.")
        self.set_up(owner, connection.settings_dict["NAME"])

    def set_up(self, owner: str, database: str) -> None:
        with connection.cursor() as cursor:
            for statement in [*making(owner), *owning(owner, database)]:
                cursor.execute(statement)
            for kind, variable in VARIABLES.items():
                name = role(owner, kind) if kind else owner
                password = os.environ.get(variable, "")
                if password:
                    cursor.execute(f'alter role "{name}" password %s', [password])
                self.stdout.write(f"{name}: {'password set' if password else f'password kept ({variable})'}")
        if "django_migrations" in connection.introspection.table_names():
            protect(connection)
            grant(connection)


def script(owner: str) -> str:
    """All of it for psql, before there is a table; the passwords are its variables."""
    lines = [
        "-- Written by `manage.py setup_database_roles --sql`. For psql, as a superuser, in the new database:",
        "-- psql --set=owner_password=… --set=web_password=… --set=worker_password=… --set=beat_password=…",
        *(f"{statement};" for statement in [*making(owner), *owning(owner, owner)]),
        f"alter role \"{owner}\" password :'owner_password';",
        *(f"alter role \"{role(owner, kind)}\" password :'{kind}_password';" for kind in PROCESSES),
    ]
    return "\n".join(lines) + "\n"
