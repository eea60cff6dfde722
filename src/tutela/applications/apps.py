from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "tutela.applications"
    label = "applications"
