"""What a request's transaction keeps, and that nothing is asked of the database after it."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from district.middleware import ScopeMiddleware
from district.models import Community, District, File
from district.tenancy.scope import NoScope, scope
from tests.factories import DistrictFactory, FileFactory


@pytest.fixture
def own_district(db) -> District:
    return DistrictFactory()


def answered(district: District, view: Callable[[HttpRequest], HttpResponseBase]):
    request = RequestFactory().get("/")
    request.user, request.district = AnonymousUser(), district
    return ScopeMiddleware(view)(request)


@pytest.mark.parametrize(
    ("status", "kept"),
    [(200, 1), (204, 1), (302, 1), (400, 0), (404, 0), (409, 0), (422, 0), (500, 0)],
)
def test_what_a_request_wrote_is_kept_unless_its_answer_is_an_error(own_district, status, kept):
    def view(request: HttpRequest) -> HttpResponse:
        Community.objects.create(code="new", name_en="New")
        return HttpResponse(status=status)

    answered(own_district, view)

    with scope(own_district.pk):
        assert Community.objects.filter(code="new").count() == kept


def test_a_stream_that_asks_the_database_is_refused(own_district):
    def late() -> Iterator[str]:
        for row in Community.objects.all():
            yield row.code

    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(late())

    answer = answered(own_district, view)

    with pytest.raises(NoScope):
        list(answer.streaming_content)


def test_a_file_streams_without_asking_the_database(
    district, operator, browser_of, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    file: File = FileFactory()
    default_storage.save(file.path, ContentFile(b"contents"))
    answer = browser_of(operator).get(f"/files/{file.pk}")
    assert (answer.status_code, answer.streaming) == (200, True)

    with CaptureQueriesContext(connection) as queries:
        content = b"".join(answer.streaming_content)

    assert content == b"contents"
    assert len(queries) == 0
