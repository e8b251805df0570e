from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "services.clients"
    default_auto_field = "django.db.models.BigAutoField"
