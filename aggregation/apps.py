from django.apps import AppConfig


class AggregationConfig(AppConfig):
    name = "aggregation"

    def ready(self) -> None:
        from . import (
            personal_data,  # noqa: F401 – declares what its tables hold
            receivers,  # noqa: F401 – connects them
        )
