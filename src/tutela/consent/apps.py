from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "tutela.consent"
    label = "consent"
