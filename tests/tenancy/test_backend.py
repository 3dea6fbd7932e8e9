"""What the database backend does differently from Django's."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from district.measuring.queries import counted
from district.models import SearchEntry
from district.tenancy.models import uuid7
from spaces.models import Space
from tests.factories import SpaceFactory


def test_inserts_of_one_kind_share_their_text_and_keep_their_own_values(district):
    plain = SpaceFactory(features=[], measures={})
    with counted() as first:
        Space.objects.create(building=plain.building, code="A", name_en="%s and more", area_m2=None)
    with counted() as second:
        Space.objects.create(
            building=plain.building,
            code="B",
            name_en="B",
            area_m2=40,
            features=["projector"],
            measures={"h": 3},
        )

    saved = list(Space.objects.exclude(pk=plain.pk).order_by("code"))

    assert [sql for sql, _ in first.of_the_page] == [sql for sql, _ in second.of_the_page]
    assert [(row.name_en, row.area_m2, row.features, row.measures) for row in saved] == [
        ("%s and more", None, [], {}),
        ("B", 40, ["projector"], {"h": 3}),
    ]
    assert {row.district_id for row in saved} == {district.pk}


def test_an_insert_with_an_expression_is_compiled_for_itself(district):
    for word in ("otter", "heron"):
        SearchEntry.objects.create(
            kind="building",
            subject_id=uuid7(),
            title_en=word,
            vector=SearchVector(Value(word), config="simple"),
        )

    found = SearchEntry.objects.extra(where=["vector @@ 'otter'"])

    assert [row.title_en for row in found] == ["otter"]
