"""Which keys of the cache speak of a municipality, so that none is left when it leaves."""

from __future__ import annotations

from collections.abc import Iterator

from .background import cache_keys_of_jobs
from .models import Job, Municipality, User
from .throttle import cache_key_of


def keys_of(municipality: Municipality) -> Iterator[str]:
    yield from cache_keys_of_jobs(Job.objects.all())
    for login in User.objects.filter(municipality=municipality).values_list("login", flat=True).iterator():
        yield cache_key_of(login)
