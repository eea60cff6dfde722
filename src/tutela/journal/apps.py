from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "tutela.journal"
    label = "journal"

    def ready(self) -> None:
        """Register every room's entry kinds and this room's commands."""
        autodiscover_modules("entries")
