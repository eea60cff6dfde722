from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "tutela.conversations"
    label = "conversations"
