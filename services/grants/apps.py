from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "services.grants"
    default_auto_field = "django.db.models.BigAutoField"
