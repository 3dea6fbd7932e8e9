from django.apps import AppConfig


class DistrictConfig(AppConfig):
    name = "district"
    label = "district"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from district import registry
        from district.demo.fill import fill_ground

        registry.demo.register("ground", registry.DemoPart(order=10, fill=fill_ground))
