from django.apps import AppConfig


class MedicalConfig(AppConfig):
    name = "colourmaps.medical"
    label = "medical"

    def ready(self) -> None:
        from colourmaps.services.elsewhere import tell_of_use  # models are loaded only now
        from pupils.beside import tell_of_links

        from . import personal_data  # noqa: F401 – declares what its tables hold
        from .queries import has_results
        from .shared import links_for

        tell_of_use(has_results)
        tell_of_links(links_for)
