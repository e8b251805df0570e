from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "services.grants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the funds' reports whom a grant went to, which only this room knows."""
        from services.funds.reports import figures
        from services.grants.applications.helped import helped

        if helped not in figures.helped:
            figures.helped.append(helped)
