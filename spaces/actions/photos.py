"""Photos of buildings, spaces, places and art works: added, described, put first, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from district.actions.files import remove_file, store_image
from district.activity import record
from district.actors import Actor
from district.models import FileAudience
from district.rules import RuleViolation
from district.tenancy.models import DistrictModel
from spaces.models import Photo

MOST_PHOTOS = 20
WIDTHS = {"image": 1600, "thumbnail": 480}


@transaction.atomic
def add_photos(
    subject: DistrictModel, uploads: Sequence[UploadedFile[Any]], *, by: Actor
) -> Sequence[Photo]:
    """All of them or none. Raises RuleViolation: "photos_too_many" or one of `store_image`."""
    there = Photo.objects.of(subject)
    if there.count() + len(uploads) > MOST_PHOTOS:
        raise RuleViolation(
            "photos_too_many", _("At most %(most)d photos are kept here.") % {"most": MOST_PHOTOS}
        )
    last = there.aggregate(last=Max("position"))["last"]
    photos = [
        Photo.objects.create(
            **{str(subject._meta.model_name): subject},
            **{
                name: store_image(upload, width=width, audience=FileAudience.DISTRICT)
                for name, width in WIDTHS.items()
            },
            position=(-1 if last is None else last) + place,
        )
        for place, upload in enumerate(uploads, start=1)
    ]
    record("photo.added", subject=subject, by=by, data={"count": len(photos)})
    return photos


@transaction.atomic
def describe_photo(photo: Photo, *, alt_zh: str, alt_en: str, by: Actor) -> Photo:
    """What somebody who cannot see it is told."""
    photo.alt_zh, photo.alt_en = alt_zh, alt_en
    photo.save(update_fields=["alt_zh", "alt_en"])
    record("photo.changed", subject=photo.subject, by=by)
    return photo


@transaction.atomic
def put_photo_first(photo: Photo, *, by: Actor) -> Photo:
    """Make it the face of its subject."""
    first = Photo.objects.of(photo.subject).aggregate(first=Min("position"))["first"]
    photo.position = first - 1
    photo.save(update_fields=["position"])
    record("photo.changed", subject=photo.subject, by=by)
    return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: Actor) -> None:
    subject, files = photo.subject, (photo.image, photo.thumbnail)
    photo.delete()
    for file in files:
        remove_file(file)
    record("photo.removed", subject=subject, by=by)
