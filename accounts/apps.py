from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import (
            personal_data,  # noqa: F401 – declares what its tables hold
            receivers,  # noqa: F401 – connects them
        )
        from .checks import check_deployment, check_doors, check_words
        from .single_sign_on import again, emergency  # noqa: F401 – connects and registers them
        from .walls import checks  # noqa: F401 – registers them

        register(check_doors, Tags.urls)
        register(check_words, Tags.security)
        register(check_deployment, Tags.security, deploy=True)
        pre_migrate.connect(before_migrating, sender=self, dispatch_uid="walls")
        post_migrate.connect(after_migrating, sender=self, dispatch_uid="walls")


def before_migrating(using: str, plan: Any = None, **_kwargs: Any) -> None:
    from .walls.policies import let_the_owner_migrate

    if plan:
        let_the_owner_migrate(connections[using])


def after_migrating(using: str, plan: Any = None, **_kwargs: Any) -> None:
    """Walls and rights of all tables, after the migrations of all apps. plan: None when tables were only emptied."""
    from .walls.database_roles import grant
    from .walls.policies import protect

    if plan is not None:
        protect(connections[using])
        grant(connections[using])
