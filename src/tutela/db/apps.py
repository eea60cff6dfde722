from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "tutela.db"
    label = "tutela_db"
