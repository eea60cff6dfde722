from django.apps import AppConfig


class TechnicalConfig(AppConfig):
    name = "tutela.technical"
    label = "technical"
