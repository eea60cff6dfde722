from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tutela.identity"
    label = "identity"
