"""What companies of a demo district looked for in the last weeks and did not find."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from district.demo.build import Build
from spaces.models import Feature, UnmetSearch

# How many companies looked; for how many people, with what, on which weekday, from which hour on.
WISHES: Final = (
    (6, 24, (Feature.STREAMING,), 3, 14),
    (4, 30, (Feature.STREAMING,), 4, 14),
    (3, 60, (Feature.INTERPRETING, Feature.STAGE), 2, 9),
    (4, 8, (Feature.VIDEO_CALL,), 1, 10),
    (2, 16, (), 6, 10),
)


def fill_wishes(build: Build) -> None:
    """Each wish by several companies, one a day, for its weekday of the week that followed."""
    today = timezone.localdate()
    rows = []
    for count, people, features, weekday, hour in WISHES:
        for number, company in enumerate(build.companies[:count]):
            asked_on = today - timedelta(days=2 + 3 * number)
            day = asked_on + timedelta(days=(weekday - asked_on.isoweekday()) % 7)
            rows.append(
                UnmetSearch(
                    organization=company,
                    asked_on=asked_on,
                    first_day=day,
                    last_day=day,
                    from_minute=hour * 60,
                    to_minute=hour * 60 + 240,
                    minutes=120,
                    people=people,
                    features=sorted(features),
                )
            )
    UnmetSearch.objects.bulk_create(rows)
