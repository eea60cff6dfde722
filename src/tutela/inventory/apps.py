from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "tutela.inventory"
    label = "inventory"
