from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpacesConfig(AppConfig):
    name = "spaces"
    verbose_name = _("Spaces")
    is_module = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from district import registry
        from spaces.demo.bookings import fill_bookings
        from spaces.demo.check_in import fill_check_ins
        from spaces.demo.credits import fill_credits
        from spaces.demo.favourites import fill_favourites
        from spaces.demo.feeds import fill_feeds
        from spaces.demo.fill import fill_spaces
        from spaces.demo.series import fill_series
        from spaces.demo.waitlist import fill_waitlist
        from spaces.demo.wishes import fill_wishes
        from spaces.registered import register_bookings, register_structure

        registry.demo.register("spaces", registry.DemoPart(order=20, fill=fill_spaces))
        registry.demo.register("credits", registry.DemoPart(order=25, fill=fill_credits))
        registry.demo.register("bookings", registry.DemoPart(order=30, fill=fill_bookings))
        registry.demo.register("series", registry.DemoPart(order=31, fill=fill_series))
        registry.demo.register("check-ins", registry.DemoPart(order=32, fill=fill_check_ins))
        registry.demo.register("waitlist", registry.DemoPart(order=35, fill=fill_waitlist))
        registry.demo.register("feeds", registry.DemoPart(order=36, fill=fill_feeds))
        registry.demo.register("favourites", registry.DemoPart(order=34, fill=fill_favourites))
        registry.demo.register("wishes", registry.DemoPart(order=37, fill=fill_wishes))
        register_structure()
        register_bookings()
