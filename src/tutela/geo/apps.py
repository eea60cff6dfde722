from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "tutela.geo"
    label = "geo"
