from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "tutela.gate"
    label = "gate"
