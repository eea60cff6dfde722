from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "tutela.verification"
    label = "verification"
