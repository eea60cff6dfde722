from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "tutela.obligations"
    label = "obligations"
