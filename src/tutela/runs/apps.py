from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "tutela.runs"
    label = "runs"
