"""The table of roles in words: what the page of roles shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from district.models import Role
from district.permissions import ROLES, Permission, Reach
from district.rules import Text

P = Permission

GROUPS: Final[Sequence[tuple[Text, Mapping[Permission, Text]]]] = (
    (
        _("Spaces"),
        {
            P.SPACES_VIEW: _("See buildings and spaces"),
            P.SPACES_EDIT: _("Change buildings and spaces"),
            P.POLICIES_EDIT: _("Change booking rules"),
            P.BLOCKINGS_EDIT: _("Take spaces out of use"),
        },
    ),
    (
        _("Bookings"),
        {
            P.BOOKINGS_VIEW: _("See bookings"),
            P.BOOKINGS_CREATE: _("Book"),
            P.BOOKINGS_DECIDE: _("Decide about bookings"),
        },
    ),
    (
        _("Organisations and members"),
        {
            P.ORGANIZATIONS_VIEW: _("See organisations"),
            P.ORGANIZATIONS_EDIT: _("Change organisations"),
            P.CLAIMS_DECIDE: _("Decide about company claims"),
            P.PEOPLE_VIEW: _("See members"),
            P.PEOPLE_MANAGE: _("Invite members and change roles"),
        },
    ),
    (
        _("Settings"),
        {
            P.NOTICES_EDIT: _("Publish notices"),
            P.IMPORTS_RUN: _("Import files"),
            P.CLIENTS_MANAGE: _("Manage API clients"),
            P.SETTINGS_EDIT: _("Change the district's settings"),
            P.LEDGER_VIEW: _("Read the activity ledger"),
        },
    ),
)

REACHES: Final[Mapping[Reach, Text]] = {
    Reach.DISTRICT: _("Whole district"),
    Reach.AREA: _("Own area"),
    Reach.OWN: _("Own organisation"),
}


@dataclass(frozen=True)
class RoleRow:
    """One permission, and how far each role of `Role` holds it, in the order of the columns."""

    label: Text
    cells: Sequence[tuple[Role, Reach | None, Text]]


def role_table() -> list[tuple[Text, list[RoleRow]]]:
    return [
        (group, [RoleRow(label, _cells(permission)) for permission, label in labels.items()])
        for group, labels in GROUPS
    ]


def _cells(permission: Permission) -> list[tuple[Role, Reach | None, Text]]:
    cells = []
    for role in Role:
        reach = ROLES[role].get(permission)
        cells.append((role, reach, REACHES[reach] if reach else ""))
    return cells
