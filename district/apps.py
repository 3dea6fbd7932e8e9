from django.apps import AppConfig


class DistrictConfig(AppConfig):
    name = "district"
    label = "district"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import district.api.schema
        import district.checks  # noqa: F401 - both register themselves
        from district.message_registered import register_messages
        from district.registered import register_people

        register_people()
        register_messages()
