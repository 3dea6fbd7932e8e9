from django.apps import AppConfig
from django.core import checks


class TenancyConfig(AppConfig):
    name = "district.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from district.tenancy.checks import check_database, check_models

        checks.register(check_models, checks.Tags.models)
        checks.register(check_database, checks.Tags.database)
