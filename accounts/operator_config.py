"""Beside apps.py, in which Django would take it for the app's own."""

from django.contrib.admin.apps import AdminConfig


class OperatorConfig(AdminConfig):
    """Django's admin, with our own way in."""

    default_site = "accounts.operator_site.OperatorSite"
