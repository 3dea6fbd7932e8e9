"""Every page as every role gets it."""

import pytest

from tests.conftest import DistrictClient
from tests.pages import ROLES, SEEN, UNFILLED, addresses, play, seen_by

LOG_IN = "/accounts/login/"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_its_pages_and_no_other(district, role):
    cast, things = play()
    client = DistrictClient(cast[role], district)
    filled = {name: address for name, address in addresses(things).items() if address is not None}

    answers = {name: client.get(f"/{address}") for name, address in filled.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == seen_by(role)
    if role == "anonymous":
        sent = {answer["Location"] for answer in answers.values() if answer.status_code == 302}
        assert all(place.startswith(f"/{district.slug}{LOG_IN}?") for place in sent)


@pytest.mark.django_db
def test_every_address_is_in_the_table_once(district):
    _cast, things = play()

    found = addresses(things)

    named = [name for _statuses, names in SEEN.values() for name in names.split()]
    assert len(named) == len(set(named))
    assert {name for name, address in found.items() if address is None} == set(UNFILLED)
    assert set(found) == {*named, *UNFILLED}
