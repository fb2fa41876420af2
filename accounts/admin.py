"""The platform operator's pages: municipalities and sign-ins. No pupil is seen or changed here, and nothing is deleted:
a page that lists what would go with it would show what the operator is not to see.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Municipality, User


class KeptAdmin(admin.ModelAdmin):
    """What is registered here is never deleted here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Municipality)
class MunicipalityAdmin(KeptAdmin):
    list_display = ["name", "code", "country", "language"]
    search_fields = ["name", "code"]


@admin.register(User)
class UserAdmin(KeptAdmin):
    list_display = ["name", "login", "municipality", "is_active", "is_staff"]
    list_filter = ["municipality", "is_active", "is_staff"]
    search_fields = ["name", "login"]
    fields = ["login", "name", "municipality", "language", "is_active", "is_staff"]
