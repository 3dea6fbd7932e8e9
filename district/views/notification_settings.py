"""How one is told: a page in the person's menu, and the way out that every mail carries."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from district.actions.notifications import (
    choose_channels,
    set_quiet_hours,
    stop_mails,
    told_groups,
)
from district.actions.profile import change_profile
from district.channels.letters import read_unsubscribe_key
from district.channels.plan import zone_of
from district.forms.notifications import NotificationSettingsForm
from district.middleware import DistrictRequest, public
from district.models import Person
from district.views.respond import changed, render_page


@require_http_methods(["GET", "POST"])
def notification_settings(request: DistrictRequest) -> HttpResponse:
    person = request.actor.person
    form = NotificationSettingsForm(request.POST or None, person=person)
    if form.is_bound and form.is_valid():
        language = person.language = form.cleaned_data["language"]
        change_profile(person, language=language, by=request.actor)
        choose_channels(person, form.choices())
        set_quiet_hours(person, *form.hours())
        return changed(request, _("Saved."), reverse("notification_settings"))
    context = {"form": form, "zone": zone_of(person, request.district)}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/notification_settings.html", context, status=status)


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request: DistrictRequest, key: str) -> HttpResponse:
    """From a mail, without a log-in: the signed key says whose. Mail programs post at once."""
    found = read_unsubscribe_key(key, request.district) if request.district else None
    if found is None:
        raise Http404
    person = get_object_or_404(Person, pk=found[0])
    done = request.method == "POST"
    if done:
        stop_mails(person, found[1])
    group = told_groups().get(found[1])
    context = {"address": person.email, "group": group, "done": done}
    return render(request, "district/unsubscribe.html", context)
