from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "tutela.stats"
    label = "stats"
