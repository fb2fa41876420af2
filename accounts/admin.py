"""The platform operator's pages: municipalities and sign-ins. No pupil is seen or changed here."""

from django.contrib import admin

from .models import Municipality, User


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "country", "language"]
    search_fields = ["name", "code"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "login", "municipality", "is_active", "is_staff"]
    list_filter = ["municipality", "is_active", "is_staff"]
    search_fields = ["name", "login"]
    fields = ["login", "name", "municipality", "language", "is_active", "is_staff"]
