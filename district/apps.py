from django.apps import AppConfig


class DistrictConfig(AppConfig):
    name = "district"
    label = "district"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from district import cards, registry
        from district.actors import is_staff
        from district.demo.fill import fill_ground, settle_ledger

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
        registry.cards.register(
            "notices", registry.Card("district/notices.html", 90, cards.notices, aside=True)
        )
        registry.demo.register("ground", registry.DemoPart(order=10, fill=fill_ground))
        registry.demo.register("ledger", registry.DemoPart(order=90, fill=settle_ledger))
