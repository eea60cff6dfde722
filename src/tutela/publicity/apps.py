from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "tutela.publicity"
    label = "publicity"
