from django.apps import AppConfig


class ProcessorsConfig(AppConfig):
    name = "tutela.processors"
    label = "processors"
