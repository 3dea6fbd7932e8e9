"""A file is checked, brought in, its bad row taken home; a photo is shown, a broken one refused."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from district.jobs import run_jobs
from district.models import District, Membership, Role
from district.tenancy.scope import scope
from spaces.models import Building, Photo
from tests.factories import MembershipFactory, OrganizationFactory, SpaceFactory
from tests.imports import features

pytestmark = pytest.mark.django_db(transaction=True)

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.2], [120.8, 31.3], [120.7, 31.3], [120.7, 31.2]]],
}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def operating(quarter: District, language: str) -> Membership:
    with scope(quarter.pk):
        membership = MembershipFactory(
            role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
        )
    membership.person.user.language = language
    membership.person.user.save()
    return membership


def upload(name: str, content: bytes, kind: str) -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def tally(page: Page, label: str) -> str:
    return page.locator("dt", has_text=label).locator("+ dd").inner_text()


def test_a_file_is_checked_then_brought_in_and_its_bad_row_taken_home(quarter, sign_in):
    page = sign_in(operating(quarter, "en"))
    good = [{"external_id": f"B{n}", "name_en": f"Hall {n}"} for n in (1, 2)]
    content = features(*good, {"external_id": "B3"}, outline=SQUARE)
    page.goto("imports/buildings/")
    page.get_by_label("File").set_input_files(
        upload("halls.geojson", content, "application/geo+json")
    )

    page.get_by_role("button", name="Go on").click()
    expect(page.locator('[hx-trigger="every 2s"]')).to_be_visible()
    run_jobs(quarter.pk)
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    assert (tally(page, "New"), tally(page, "Wrong")) == ("2", "1")
    with scope(quarter.pk):
        assert Building.objects.count() == 0

    page.get_by_role("button", name="Bring it in").click()
    expect(page.locator('[hx-trigger="every 2s"]')).to_be_visible()
    run_jobs(quarter.pk)
    expect(page.get_by_role("heading", name="What has happened")).to_be_visible()
    with scope(quarter.pk):
        assert set(Building.objects.values_list("name_en", flat=True)) == {"Hall 1", "Hall 2"}

    with page.expect_download() as download:
        page.get_by_role("link", name="Wrong rows with reasons").click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "B3" in rows[1]
    assert "Give it a name in Chinese or in English." in rows[1]


def test_a_photo_is_shown_on_its_space_and_a_broken_file_refused_in_chinese(quarter, sign_in):
    page = sign_in(operating(quarter, "zh-hans"))
    with scope(quarter.pk):
        space = SpaceFactory()
    picture = BytesIO()
    Image.new("RGB", (800, 600), "teal").save(picture, "JPEG")

    page.goto(f"photos/space/{space.pk}/")
    page.get_by_label("照片").set_input_files(upload("a.jpg", b"no picture", "image/jpeg"))
    page.get_by_role("button", name="添加照片").click()
    expect(page.locator("#id_photos_error, .wrongs").first).to_contain_text("图片")
    with scope(quarter.pk):
        assert Photo.objects.count() == 0

    page.get_by_label("照片").set_input_files(upload("a.jpg", picture.getvalue(), "image/jpeg"))
    page.get_by_role("button", name="添加照片").click()
    expect(page.locator("ul.photos img")).to_have_count(1)
    page.goto(f"spaces/{space.pk}/")
    with scope(quarter.pk):
        address = Photo.objects.get().image.get_absolute_url()
    shown = page.locator(f'img[src$="{address}"]')
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 800
