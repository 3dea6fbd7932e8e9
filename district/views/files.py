"""The only way to the bytes of a private file."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from district.activity import record
from district.middleware import DistrictRequest, public
from district.models import File, FileAudience
from district.permissions import can_view_file

OPEN = {FileAudience.PUBLIC, FileAudience.DISTRICT}


@public
@require_GET
def file_download(request: DistrictRequest, file_id: UUID) -> FileResponse:
    if request.district is None:
        raise Http404
    file = get_object_or_404(File, pk=file_id)
    if not can_view_file(request.membership, request.person, file):
        raise Http404
    if request.membership and file.audience not in OPEN:
        record("file.viewed", subject=file, by=request.membership)
    response = FileResponse(
        default_storage.open(file.path),
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
