from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "services.funds"
    default_auto_field = "django.db.models.BigAutoField"
