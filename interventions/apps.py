from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"

    def ready(self) -> None:
        from colourmaps.deeds import tell_of_deeds  # models are loaded only now

        from . import (
            personal_data,  # noqa: F401 – declares what its tables hold
            receivers,  # noqa: F401 – connects them
        )
        from .deeds import deeds_of

        tell_of_deeds(deeds_of)
