"""Pictures of a space, in order."""

from django.db import transaction
from django.db.models import Max

from district.activity import record
from district.actors import Actor
from district.models import File
from spaces.models import Space, SpacePhoto


@transaction.atomic
def add_photo(space: Space, file: File, *, by: Actor) -> SpacePhoto:
    space = Space.objects.locked().get(pk=space.pk)
    last = space.photos.aggregate(last=Max("position"))["last"]
    photo = SpacePhoto.objects.create(
        space=space, file=file, position=0 if last is None else last + 1
    )
    record("space.photo_added", subject=space, by=by)
    return photo


@transaction.atomic
def remove_photo(photo: SpacePhoto, *, by: Actor) -> None:
    space = photo.space
    photo.delete()
    record("space.photo_removed", subject=space, by=by)
