"""Photos: drawn anew, described, in order, seen where their subject is."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from district.models import Activity, File
from district.rules import RuleViolation
from spaces.actions.photos import (
    MOST_PHOTOS,
    add_photos,
    describe_photo,
    put_photo_first,
    remove_photo,
)
from spaces.models import ArtWork, Photo
from spaces.permissions import can_edit_photos
from tests.factories import BuildingFactory, SpaceFactory
from tests.spaces.test_views import Visitor, text

ORIENTATION, MAKE = 0x0112, 0x010F


def picture(name: str = "room.jpg", size: tuple[int, int] = (2400, 1200)) -> SimpleUploadedFile:
    """Taken sideways, with a camera's name in it."""
    image, content = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = image.getexif()
    exif[ORIENTATION], exif[MAKE] = 6, "Secret camera"
    image.save(content, "JPEG", exif=exif)
    return SimpleUploadedFile(name, content.getvalue())


def stored(file: File) -> Image.Image:
    with default_storage.open(file.path) as content:
        return Image.open(io.BytesIO(content.read()))


def order(subject: Any) -> list[str]:
    return [photo.image.name for photo in Photo.objects.of(subject)]


def test_photos_are_drawn_anew_upright_in_two_sizes_without_a_trace(operator):
    space = SpaceFactory()

    (photo,) = add_photos(space, [picture()], by=operator)

    image, thumbnail = stored(photo.image), stored(photo.thumbnail)
    assert (image.size, thumbnail.size) == ((1200, 2400), (480, 960))
    assert dict(image.getexif()) == {}
    with default_storage.open(photo.image.path) as content:
        assert b"Secret camera" not in content.read()
    assert Activity.objects.get().verb == "photo.added"


def test_photos_keep_their_order_and_one_can_be_put_first(operator):
    space = SpaceFactory()
    add_photos(space, [picture("a.jpg", (40, 30)), picture("b.jpg", (40, 30))], by=operator)
    (last,) = add_photos(space, [picture("c.jpg", (40, 30))], by=operator)
    assert order(space) == ["a-1600.jpg", "b-1600.jpg", "c-1600.jpg"]

    put_photo_first(last, by=operator)

    assert order(space) == ["c-1600.jpg", "a-1600.jpg", "b-1600.jpg"]


def test_describe_photo_says_what_is_on_it(operator):
    (photo,) = add_photos(SpaceFactory(), [picture(size=(40, 30))], by=operator)

    describe_photo(photo, alt_zh="长桌", alt_en="A long table", by=operator)

    assert Photo.objects.get().alt_en == "A long table"


def test_remove_photo_takes_its_files_too(operator, django_capture_on_commit_callbacks):
    (photo,) = add_photos(SpaceFactory(), [picture(size=(40, 30))], by=operator)
    paths = [photo.image.path, photo.thumbnail.path]
    assert all(map(default_storage.exists, paths))

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(photo, by=operator)

    assert (Photo.objects.count(), File.objects.count()) == (0, 0)
    assert not any(map(default_storage.exists, paths))


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff broken"])
def test_add_photos_refuses_what_is_no_picture_and_keeps_none(operator, content):
    space = SpaceFactory()
    uploads = [picture(size=(40, 30)), SimpleUploadedFile("x.jpg", content)]

    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        add_photos(space, uploads, by=operator)

    assert refusal.value.code == "file_kind"
    assert Photo.objects.count() == 0


def test_add_photos_refuses_too_many(operator):
    space = SpaceFactory()

    with pytest.raises(RuleViolation) as refusal:
        add_photos(space, [picture(size=(4, 3))] * (MOST_PHOTOS + 1), by=operator)

    assert refusal.value.code == "photos_too_many"


def test_a_photo_belongs_to_exactly_one_thing(operator):
    (photo,) = add_photos(SpaceFactory(), [picture(size=(40, 30))], by=operator)
    photo.building = BuildingFactory()

    with pytest.raises(IntegrityError, match="photo_one_subject"), transaction.atomic():
        photo.save()


def test_who_may_change_a_thing_may_change_its_photos(operator, tenant_member, stranger):
    work = ArtWork(name_en="Arc", longitude=1, latitude=1)

    for subject in (SpaceFactory(), BuildingFactory(), work):
        assert can_edit_photos(operator, subject)
        assert not can_edit_photos(tenant_member, subject)
        assert not can_edit_photos(stranger, subject)


def test_photos_are_managed_on_their_page_and_seen_by_members(district, operator, tenant_member):
    space = SpaceFactory()
    staff, member = Visitor(district, operator), Visitor(district, tenant_member)
    page = f"/photos/space/{space.pk}/"

    staff.post(page, {"photos": [picture("a.jpg", (40, 30)), picture("b.jpg", (40, 30))]})
    first, second = Photo.objects.of(space)
    staff.post(f"/photos/{second.pk}/describe/", {"alt_zh": "", "alt_en": "Second"})
    staff.post(f"/photos/{second.pk}/first/", {})
    staff.post(f"/photos/{first.pk}/remove/", {})

    assert order(space) == ["b-1600.jpg"]
    shown = text(member.get(f"/spaces/{space.pk}/"))
    assert 'alt="Second"' in shown
    assert reverse("file_download", args=[second.image_id]) in shown
    assert b"".join(member.get(f"/files/{second.image_id}")).startswith(b"\xff\xd8\xff")
    assert member.get(page).status_code == 403
    assert member.post(f"/photos/{second.pk}/remove/", {}).status_code == 403


def test_a_bad_picture_is_refused_in_words(district, operator):
    space = SpaceFactory()
    upload = SimpleUploadedFile("notes.jpg", b"not a picture")

    answer = Visitor(district, operator).post(f"/photos/space/{space.pk}/", {"photos": [upload]})

    assert answer.status_code == 422
    assert "“notes.jpg” is not a JPEG, PNG or WebP picture." in text(answer)
    assert Photo.objects.count() == 0
