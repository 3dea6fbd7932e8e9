"""What notices, channels and deliveries tell the registries at start-up."""

from django.utils.translation import gettext_lazy as _

from district import cards, permissions, registry
from district.message_listings import DELIVERIES, NOTICES
from district.notice_messages import notice_messages, notice_readers
from district.registry import Card, MenuItem, Verb, VerbGroup
from district.robot_messages import test_messages

NOTICE_NEWS = VerbGroup("notices", _("Notices"), email="off")
VERBS = {
    "notice.created": Verb(_("Notice written"), icon="speakerphone"),
    "notice.changed": Verb(_("Notice changed"), icon="speakerphone"),
    "notice.published": Verb(
        _("Notice published"),
        icon="speakerphone",
        audience=notice_readers,
        messages=notice_messages,
        group=NOTICE_NEWS,
        tone="go",
    ),
    "notice.ended": Verb(_("Notice ended"), icon="speakerphone"),
    "robot.created": Verb(_("Robot added"), icon="robot"),
    "robot.changed": Verb(_("Robot changed"), icon="robot"),
    "robot.ended": Verb(_("Robot removed"), icon="robot-off"),
    "robot.tested": Verb(_("Test message"), icon="send", messages=test_messages),
    "delivery.retried": Verb(_("Message sent again"), icon="refresh"),
}
MENU = {
    "notices": MenuItem(
        _("Notices"),
        "notice_list",
        "speakerphone",
        _("Messages"),
        60,
        permissions.can_edit_notices,
    ),
    "channels": MenuItem(
        _("Channels"), "channel_list", "robot", _("Messages"), 62, permissions.can_edit_settings
    ),
    "deliveries": MenuItem(
        _("What was sent"),
        "delivery_list",
        "send",
        _("Messages"),
        64,
        permissions.can_edit_settings,
    ),
}


def register_messages() -> None:
    for verb, declared in VERBS.items():
        registry.verbs.register(verb, declared)
    for key, item in MENU.items():
        registry.menu.register(key, item)
    for listing in (DELIVERIES, NOTICES):
        registry.listings.register(listing.key, listing)
    registry.cards.register("banners", Card("district/banners.html", 1, cards.banners, place="top"))
    registry.cards.register(
        "notices", Card("district/notices.html", 90, cards.notices, place="aside")
    )
