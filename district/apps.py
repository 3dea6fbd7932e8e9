from django.apps import AppConfig


class DistrictConfig(AppConfig):
    name = "district"
    label = "district"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        import district.api.schema
        import district.checks  # noqa: F401 - both register themselves
        from district import message_registered, registered, registry
        from district.actors import is_staff
        from district.api.resources import DistrictResource, OrganizationResource
        from district.demo.fill import fill_ground, settle_ledger
        from district.demo.messages import fill_messages
        from district.permissions import can_manage_clients

        registry.menu.register(
            "today",
            registry.MenuItem(_("Workbench"), "home", "home", "", 10, is_staff, on_phone=True),
        )
        registry.menu.register(
            "home",
            registry.MenuItem(
                _("Home"), "home", "home", "", 10, lambda actor: not is_staff(actor), on_phone=True
            ),
        )
        registry.menu.register(
            "clients",
            registry.MenuItem(
                _("API clients"), "client_list", "api", _("Settings"), 90, can_manage_clients
            ),
        )
        registry.routes.register(
            "district", registry.Route("district", DistrictResource, "district")
        )
        registry.routes.register(
            "organizations", registry.Route("organizations", OrganizationResource, "organization")
        )
        for verb, label in (
            ("client.created", _("API client added")),
            ("token.issued", _("API token issued")),
            ("token.revoked", _("API token revoked")),
        ):
            registry.verbs.register(verb, registry.Verb(label, icon="key"))
        registered.register_people()
        message_registered.register_messages()
        registry.demo.register("ground", registry.DemoPart(order=10, fill=fill_ground))
        registry.demo.register("messages", registry.DemoPart(order=80, fill=fill_messages))
        registry.demo.register("ledger", registry.DemoPart(order=90, fill=settle_ledger))
