from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "district.tenancy"
    label = "tenancy"
