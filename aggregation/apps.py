from django.apps import AppConfig


class AggregationConfig(AppConfig):
    name = "aggregation"

    def ready(self) -> None:
        from . import receivers  # noqa: F401 – connects them
