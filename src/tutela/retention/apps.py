from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "tutela.retention"
    label = "retention"
