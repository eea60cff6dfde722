from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "tutela.policy"
    label = "policy"
