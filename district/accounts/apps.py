from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "district.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from district.accounts.adapter import tell_districts

        email_changed.connect(tell_districts, dispatch_uid="tell_districts")
