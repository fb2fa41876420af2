from django.apps import AppConfig


class ColourmapsConfig(AppConfig):
    name = "colourmaps"

    def ready(self) -> None:
        from . import (
            erasing,  # noqa: F401 – connects it
            personal_data,  # noqa: F401 – declares what its tables hold
            receivers,  # noqa: F401 – connects them
        )
