"""Uploads: what they really are decides, not what they are called."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import Error, transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from district.models import File, FileAudience, Organization, Person
from district.rules import RuleViolation
from district.tenancy.scope import current_district_id, scope
from district.tenancy.undo import on_rollback

log = structlog.get_logger(__name__)
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
PDF: Final = b"%PDF-"
SWEPT_AT_ONCE: Final = 1000
UNREADABLE: Final = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


@dataclass(frozen=True)
class Readers:
    """Who may open a file; the organisation or the person that its audience speaks of."""

    audience: FileAudience
    organization: Organization | None = None
    person: Person | None = None


def store_upload(
    upload: UploadedFile[Any],
    *,
    audience: FileAudience,
    organization: Organization | None = None,
    person: Person | None = None,
) -> File:
    """Keep a PDF as it is and a JPEG or PNG drawn anew, which drops whatever else was in it.

    Raises RuleViolation("file_too_large" or "file_kind").
    """
    if (upload.size or 0) > MAX_BYTES:
        raise RuleViolation("file_too_large", _("The file is larger than 10 MB."))
    content, content_type = _checked(upload.read())
    return keep_file(
        upload.name or "",
        content,
        content_type=content_type,
        readers=Readers(audience, organization, person),
    )


def store_image(
    upload: UploadedFile[Any],
    *,
    width: int,
    audience: FileAudience,
) -> File:
    """Keep a photo drawn anew as a JPEG of at most this width: no place, camera or anything else.

    Raises RuleViolation("file_too_large" or "file_kind").
    """
    if (upload.size or 0) > MAX_BYTES:
        raise RuleViolation("file_too_large", _("The file is larger than 10 MB."))
    upload.seek(0)
    try:
        image = _opened(upload.read(), ["JPEG", "PNG", "WEBP"])
        drawn = io.BytesIO()
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((width, width * 2))
        upright.save(drawn, "JPEG", quality=82, optimize=True)
    except UNREADABLE as error:
        message = _("“%(name)s” is not a JPEG, PNG or WebP picture.") % {"name": upload.name}
        raise RuleViolation("file_kind", message) from error
    return keep_file(
        f"{(upload.name or '').rsplit('.', 1)[0]}-{width}.jpg",
        drawn.getvalue(),
        content_type="image/jpeg",
        readers=Readers(audience),
    )


def remove_file(file: File) -> None:
    """Take a file away for good, once it is certain that its row is gone."""
    path = file.path
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def keep_file(name: str, content: bytes, *, content_type: str, readers: Readers) -> File:
    """Keep bytes as they are: what the product made itself, or what only its importers read."""
    file = File.objects.create(
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        audience=readers.audience,
        organization=readers.organization,
        person=readers.person,
    )
    on_rollback(partial(_remove_bytes, current_district_id(), file.pk))
    default_storage.save(file.path, ContentFile(content))
    return file


def sweep_files(*, written_before: datetime) -> int:
    """Remove bytes in the district in scope that have no row; returns how many files went.

    Killed processes leave them. Younger ones may belong to a transaction that is still open.
    """
    folder = str(current_district_id())
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    removed = 0
    ids = filter(_is_id, names)
    while batch := list(islice(ids, SWEPT_AT_ONCE)):
        kept = {str(pk) for pk in File.objects.filter(pk__in=batch).values_list("pk", flat=True)}
        for path in (f"{folder}/{name}" for name in batch if name not in kept):
            if default_storage.get_modified_time(path) < written_before:
                default_storage.delete(path)
                removed += 1
    return removed


def _remove_bytes(district_id: int, file_id: UUID) -> None:
    """After a transaction that ended badly; its row is looked for, as a commit may be in doubt."""
    try:
        with scope(district_id):
            if not File.objects.filter(pk=file_id).exists():
                default_storage.delete(f"{district_id}/{file_id}")
    except (Error, OSError) as error:
        log.warning("file left to the sweep", file=str(file_id), error=str(error))


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _checked(content: bytes) -> tuple[bytes, str]:
    if content.startswith(PDF):
        return content, "application/pdf"
    try:
        return _redrawn(content)
    except UNREADABLE as error:
        raise RuleViolation("file_kind", _("Upload a PDF, JPEG or PNG file.")) from error


def _redrawn(content: bytes) -> tuple[bytes, str]:
    image = _opened(content, ["JPEG", "PNG"])
    kind = "JPEG" if image.format == "JPEG" else "PNG"
    upright = ImageOps.exif_transpose(image).convert("RGB" if kind == "JPEG" else "RGBA")
    drawn = io.BytesIO()
    upright.save(drawn, kind)
    return drawn.getvalue(), Image.MIME[kind]


def _opened(content: bytes, formats: list[str]) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=formats)
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(image.size)
    return image
