"""The plain model and the product agree; and the machine notices where they would not."""

import pytest

from spaces.actions import occupancy
from spaces.measures.machine import build, live

pytestmark = pytest.mark.django_db(transaction=True)


def test_random_lives_do_what_the_model_says():
    assert live(build(), 15, 30) == 0


def test_a_product_that_keeps_what_was_given_back_is_noticed(monkeypatch):
    monkeypatch.setattr(occupancy, "release", lambda source_id, **more: 0)

    assert live(build(), 15, 30) == 1
