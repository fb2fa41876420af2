from django.apps import AppConfig


class PupilsConfig(AppConfig):
    name = "pupils"

    def ready(self) -> None:
        from . import (
            checks,  # noqa: F401 – registers them
            personal_data,  # noqa: F401 – declares what its tables hold
            receivers,  # noqa: F401 – connects them
        )
