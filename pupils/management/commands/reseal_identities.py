"""Seals the names of protected pupils anew, with the newest key: after that the older keys can go."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from pupils.protecting import reseal_all


class Command(BaseCommand):
    help = "Seals the identities of protected pupils anew with the first of IDENTITY_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        n_resealed = 0
        for municipality in Municipality.objects.order_by("pk"):
            with municipality_scope(municipality):
                n_resealed += reseal_all()
        self.stdout.write(f"{n_resealed} identities were sealed anew.")
