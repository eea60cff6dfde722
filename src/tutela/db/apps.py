from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _grant(using: str, **_signal: Any) -> None:
    from tutela.db.migrate import grant_runtime_roles  # noqa: PLC0415 - needs the apps loaded

    grant_runtime_roles(using)


class DatabaseConfig(AppConfig):
    name = "tutela.db"
    label = "db"

    def ready(self) -> None:
        post_migrate.connect(_grant, sender=self)
