"""Uploads: what they really are decides, not what they are called."""

from __future__ import annotations

import hashlib
import io
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from district.models import File, FileAudience, Organization, Person
from district.rules import RuleViolation

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
PDF: Final = b"%PDF-"


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
        audience=audience,
        organization=organization,
        person=person,
    )


def keep_file(
    name: str,
    content: bytes,
    *,
    content_type: str,
    audience: FileAudience,
    organization: Organization | None = None,
    person: Person | None = None,
) -> File:
    """Keep bytes as they are: what the product made itself, or what only its importers read."""
    file = File.objects.create(
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        audience=audience,
        organization=organization,
        person=person,
    )
    default_storage.save(file.path, ContentFile(content))
    return file


def _checked(content: bytes) -> tuple[bytes, str]:
    if content.startswith(PDF):
        return content, "application/pdf"
    try:
        return _redrawn(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RuleViolation("file_kind", _("Upload a PDF, JPEG or PNG file.")) from error


def _redrawn(content: bytes) -> tuple[bytes, str]:
    image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(image.size)
    kind = "JPEG" if image.format == "JPEG" else "PNG"
    upright = ImageOps.exif_transpose(image).convert("RGB" if kind == "JPEG" else "RGBA")
    drawn = io.BytesIO()
    upright.save(drawn, kind)
    return drawn.getvalue(), Image.MIME[kind]
