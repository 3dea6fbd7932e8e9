"""Each rule of a tenant model, broken by a model that is defined for it."""

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.checks import run_checks
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from district.models import Community, District, File
from district.tenancy.checks import check_model
from district.tenancy.models import DistrictForeignKey, DistrictModel


def found(model):
    return [message.id for message in check_model(model)]


@pytest.fixture(autouse=True)
def registry_of_its_own():
    with isolate_apps():
        yield


def test_the_product_has_no_fault():
    assert [message for message in run_checks() if message.id.startswith("tenancy.")] == []


def test_a_plain_tenant_model_is_right():
    class Sound(DistrictModel):
        community = DistrictForeignKey(Community, on_delete=models.PROTECT, related_name="+")
        code = models.CharField(max_length=5)

        class Meta(DistrictModel.Meta):
            app_label = "district"
            constraints = [
                models.UniqueConstraint(fields=["district", "code"], name="sound_code"),
                models.UniqueConstraint(F("district"), Lower("code"), name="sound_lower"),
                ExclusionConstraint(
                    name="sound_apart", expressions=[("district", RangeOperators.EQUAL)]
                ),
            ]

    assert found(Sound) == []


def test_other_managers_would_see_every_district():
    class Wide(DistrictModel):
        objects = models.Manager()

        class Meta:
            app_label = "district"

    assert found(Wide) == ["tenancy.E001", "tenancy.E001"]


def test_a_tenant_model_extends_no_table():
    class Special(Community):
        class Meta:
            app_label = "district"

    assert "tenancy.E002" in found(Special)


def test_the_key_is_kept():
    class Numbered(DistrictModel):
        id = models.BigAutoField(primary_key=True)

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Numbered) == ["tenancy.E003"]


def test_nothing_is_unique_across_districts():
    class Lonely(DistrictModel):
        code = models.CharField(max_length=5, unique=True)
        name = models.CharField(max_length=5)

        class Meta(DistrictModel.Meta):
            app_label = "district"
            unique_together = [("code", "name")]

    assert found(Lonely) == ["tenancy.E004", "tenancy.E004"]


def test_references_carry_the_district():
    class Loose(DistrictModel):
        community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Loose) == ["tenancy.E005"]


def test_one_to_one_is_a_loose_reference_and_unique_too():
    class Paired(DistrictModel):
        community = models.OneToOneField(Community, on_delete=models.PROTECT, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Paired) == ["tenancy.E004", "tenancy.E005"]


def test_only_reference_tables_stand_above():
    class Kept(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "district"

    class Reaching(DistrictModel):
        kept = models.ForeignKey(Kept, on_delete=models.PROTECT)
        district_again = models.ForeignKey(
            District, on_delete=models.PROTECT, related_name="+", null=True
        )

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Reaching) == ["tenancy.E006"]


def test_a_district_key_needs_a_district_on_the_other_side():
    class Lost(DistrictModel):
        above = DistrictForeignKey(District, on_delete=models.PROTECT, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Lost) == ["tenancy.E007"]


@pytest.mark.parametrize("on_delete", [models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING])
def test_references_are_never_emptied(on_delete):
    class Emptied(DistrictModel):
        file = DistrictForeignKey(File, on_delete=on_delete, null=True, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Emptied) == ["tenancy.E008"]


def test_many_to_many_needs_a_tenant_model_between():
    class Group(DistrictModel):
        files = models.ManyToManyField(File, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Group) == ["tenancy.E009"]


def test_many_to_many_through_a_tenant_model_is_right():
    class Member(DistrictModel):
        group = DistrictForeignKey("Group", on_delete=models.CASCADE, related_name="+")
        file = DistrictForeignKey(File, on_delete=models.CASCADE, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    class Group(DistrictModel):
        files = models.ManyToManyField(File, through=Member, related_name="+")

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Group) == found(Member) == []


def test_constraints_compare_within_a_district():
    class Compared(DistrictModel):
        code = models.CharField(max_length=5)

        class Meta(DistrictModel.Meta):
            app_label = "district"
            constraints = [
                models.UniqueConstraint(fields=["code"], name="compared_code"),
                models.UniqueConstraint(Lower("code"), name="compared_lower"),
                ExclusionConstraint(
                    name="compared_apart", expressions=[("code", RangeOperators.EQUAL)]
                ),
                ExclusionConstraint(
                    name="compared_other",
                    expressions=[("district", RangeOperators.NOT_EQUAL)],
                ),
            ]

    assert found(Compared) == ["tenancy.E010"] * 4


def test_what_is_published_is_marked_by_a_boolean():
    class Shown(DistrictModel):
        published_when = "state"
        state = models.CharField(max_length=5)

        class Meta(DistrictModel.Meta):
            app_label = "district"

    assert found(Shown) == ["tenancy.E011"]


def test_no_table_above_refers_into_a_district():
    class Above(models.Model):  # noqa: DJ008
        community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
        files = models.ManyToManyField(File, related_name="+")

        class Meta:
            app_label = "district"

    assert found(Above) == ["tenancy.E012", "tenancy.E012"]
