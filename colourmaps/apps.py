from django.apps import AppConfig


class ColourmapsConfig(AppConfig):
    name = "colourmaps"

    def ready(self) -> None:
        from . import receivers  # noqa: F401 – connects them
