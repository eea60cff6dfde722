from django.apps import AppConfig


class AnonymisationConfig(AppConfig):
    name = "tutela.anonymisation"
    label = "anonymisation"
