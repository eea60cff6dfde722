from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "tutela.media"
    label = "media"
