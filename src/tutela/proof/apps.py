from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "tutela.proof"
    label = "proof"
