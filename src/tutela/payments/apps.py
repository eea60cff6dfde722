from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "tutela.payments"
    label = "payments"
