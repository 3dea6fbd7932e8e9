"""Photos of one thing, for who may change it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.rules import RuleViolation
from district.tenancy.models import DistrictModel
from district.views.respond import changed, render_page
from spaces.actions import photos as actions
from spaces.forms.photos import PhotosForm, PhotoTextForm
from spaces.models import ArtWork, Building, Photo, Place, Space
from spaces.permissions import can_edit_photos

MODELS: dict[str, type[DistrictModel]] = {
    "building": Building,
    "space": Space,
    "place": Place,
    "artwork": ArtWork,
}


@require_http_methods(["GET", "POST"])
def photo_list(request: DistrictRequest, kind: str, subject_id: UUID) -> HttpResponse:
    if kind not in MODELS:
        raise Http404
    subject = get_object_or_404(MODELS[kind]._base_manager, pk=subject_id)
    require(can_edit_photos(request.actor, subject))
    form = PhotosForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            actions.add_photos(subject, form.cleaned_data["photos"], by=request.actor)
        if form.is_valid():
            return changed(request, _("The photos have been added."), request.path)
    photos = list(Photo.objects.of(subject))
    context = {"subject": subject, "photos": photos, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "spaces/photo_list.html", context, status=status)


@require_POST
def photo_describe(request: DistrictRequest, photo_id: UUID) -> HttpResponse:
    photo = _editable(request, photo_id)
    form = PhotoTextForm(request.POST)
    if not form.is_valid():
        raise RuleViolation("photo_text", _("A description has at most 200 characters."))
    actions.describe_photo(photo, **form.cleaned_data, by=request.actor)
    return changed(request, _("The description has been saved."), _page(photo))


@require_POST
def photo_first(request: DistrictRequest, photo_id: UUID) -> HttpResponse:
    photo = actions.put_photo_first(_editable(request, photo_id), by=request.actor)
    return changed(request, _("This photo now comes first."), _page(photo))


@require_POST
def photo_remove(request: DistrictRequest, photo_id: UUID) -> HttpResponse:
    photo = _editable(request, photo_id)
    page = _page(photo)
    actions.remove_photo(photo, by=request.actor)
    return changed(request, _("The photo has been removed."), page)


def _editable(request: DistrictRequest, photo_id: UUID) -> Photo:
    rows = Photo.objects.select_related(
        "building", "space__building", "place", "artwork", "image", "thumbnail"
    )
    photo: Photo = get_object_or_404(rows, pk=photo_id)
    require(can_edit_photos(request.actor, photo.subject))
    return photo


def _page(photo: Photo) -> str:
    subject = photo.subject
    return reverse("photo_list", args=[subject._meta.model_name, subject.pk])
