from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "tutela.requests"
    label = "requests"
