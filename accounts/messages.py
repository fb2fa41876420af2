"""What a page says about the form before it, on its way through the browser: in a cookie of this host alone."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class Cookie(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # Django has one name for all
        return settings.MESSAGES_COOKIE_NAME


class Storage(FallbackStorage):
    """The cookie, and the session for what does not fit into it."""

    storage_classes = (Cookie, SessionStorage)
