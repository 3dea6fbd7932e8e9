"""The partner API: tokens, refusals, retries, stale states; each convention exactly."""

import html
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from district.actors import System
from district.api.base import ClientThrottle
from district.api.idempotency import forget_old_keys
from district.api.tokens import issue_token, revoke_token
from district.measuring.threads import at_once
from district.models import ApiClient, ApiToken, IdempotencyKey
from district.tenancy.scope import scope
from spaces.api.bookings import BookingResource
from spaces.models import Booking
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    DistrictFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)
from tests.programs import ALL, Api, secret_of
from tests.spaces.test_booking_actions import tomorrow

SCHEMA = Path(__file__).parents[2] / "openapi.yaml"


def refusal_of(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def wanted(space, start=10, end=11, **more):
    return {
        "space": str(space.pk),
        "starts_at": tomorrow(start).isoformat(),
        "ends_at": tomorrow(end).isoformat(),
        **more,
    }


def test_without_a_token_the_answer_is_a_problem(district):
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/{district.slug}/api/v1/spaces/")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_authenticated"


def test_an_address_that_nothing_answers_is_a_problem_too(api):
    answer = api.get("/nothing/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


@pytest.mark.django_db
def test_a_method_an_address_does_not_know_is_not_allowed(api):
    answer = api.post("/availability/", {})

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.django_db
def test_a_token_opens_its_own_district_alone():
    home, other = DistrictFactory(), DistrictFactory()
    with scope(home.pk):
        secret = secret_of(ApiClientFactory(scopes=ALL))

    assert Api(home, secret).get("/spaces/").json()["results"] == []
    assert refusal_of(Api(other, secret).get("/spaces/")) == (401, "authentication_failed")


def test_a_revoked_or_expired_token_is_refused_at_once(district, partner):
    token, secret = issue_token(partner, expires_at=timezone.now() + timedelta(days=1), by=System())
    api = Api(district, secret)
    assert api.get("/spaces/").status_code == 200

    revoke_token(token, by=System())

    assert refusal_of(api.get("/spaces/")) == (401, "authentication_failed")


def test_a_token_is_kept_as_a_hash_only(district, partner):
    token, secret = issue_token(partner, expires_at=timezone.now() + timedelta(days=1), by=System())

    assert secret not in str(token.__dict__)
    assert token.prefix == secret[:12]


def test_a_missing_scope_is_forbidden(district):
    api = Api(district, secret_of(ApiClientFactory(scopes=["spaces:read"])))

    assert api.get("/spaces/").status_code == 200
    assert refusal_of(api.get("/bookings/")) == (403, "permission_denied")


def test_booking_creates_for_the_own_organisation(district, api, partner):
    space = SpaceFactory()

    answer = api.post("/bookings/", wanted(space, title="Demo", attendee_count=3))

    booking = Booking.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/{district.slug}/api/v1/bookings/{booking.pk}/"
    assert answer["ETag"] == f'"{booking.revision}"'
    assert (booking.organization_id, booking.source) == (partner.organization_id, "api")
    assert answer.json()["status"] == "confirmed"


def test_a_conflict_is_a_409_with_its_code(api):
    space = SpaceFactory()
    api.post("/bookings/", wanted(space))

    answer = api.post("/bookings/", wanted(space))

    assert (answer.status_code, answer.json()["code"]) == (409, "occupancy_no_overlap")
    assert Booking.objects.count() == 1


def test_wrong_fields_are_named(api):
    answer = api.post("/bookings/", {"space": "nonsense", "starts_at": "yesterday"})

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("starts_at", "invalid"),
        ("ends_at", "required"),
        ("space", "invalid"),
    ]


@pytest.mark.parametrize("field", ["organization", "status", "price_amount", "rules", "district"])
def test_fields_that_are_not_offered_are_not_taken(api, partner, field):
    foreign = OrganizationFactory()

    api.post("/bookings/", wanted(SpaceFactory(), **{field: str(foreign.pk)}))

    booking = Booking.objects.get()
    assert booking.organization_id == partner.organization_id
    assert (booking.status, booking.price_amount) == ("confirmed", 0)


def test_a_retry_with_the_same_key_is_the_same_answer(api):
    body = wanted(SpaceFactory())
    first = api.post("/bookings/", body, Idempotency_Key="a1")

    again = api.post("/bookings/", body, Idempotency_Key="a1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Booking.objects.count() == 1


def test_the_same_key_for_another_request_is_refused(api):
    space = SpaceFactory()
    api.post("/bookings/", wanted(space, 10, 11), Idempotency_Key="a1")

    answer = api.post("/bookings/", wanted(space, 12, 13), Idempotency_Key="a1")

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Booking.objects.count() == 1


def test_a_key_is_forgotten_after_a_day(api):
    space = SpaceFactory()
    api.post("/bookings/", wanted(space, 10, 11), Idempotency_Key="a1")
    api.post("/bookings/", wanted(space, 12, 13), Idempotency_Key="a2")
    IdempotencyKey.objects.filter(key="a1").update(created_at=timezone.now() - timedelta(days=2))

    assert forget_old_keys() == 1
    assert api.post("/bookings/", wanted(space, 14, 15), Idempotency_Key="a1").status_code == 201
    assert [key.key for key in IdempotencyKey.objects.order_by("key")] == ["a1", "a2"]


def test_a_refusal_is_not_stored_and_is_judged_again(api, stranger):
    space = SpaceFactory()
    taken = Booking.objects.get(pk=api.post("/bookings/", wanted(space)).json()["id"])
    body = wanted(space)
    assert api.post("/bookings/", body, Idempotency_Key="b2").status_code == 409
    assert not IdempotencyKey.objects.exists()
    api.post(f"/bookings/{taken.pk}/cancel/", If_Match=f'"{taken.revision}"')

    assert api.post("/bookings/", body, Idempotency_Key="b2").status_code == 201


def test_cancelling_names_the_state_it_changes(api):
    made = api.post("/bookings/", wanted(SpaceFactory()))
    path = f"/bookings/{made.json()['id']}/cancel/"

    assert api.post(path).status_code == 428
    assert api.post(path, If_Match='"999"').status_code == 412
    assert api.post(path, If_Match=made["ETag"]).json()["status"] == "cancelled"


def test_another_organisation_s_booking_is_not_found(api):
    foreign = BookingFactory()

    assert api.get(f"/bookings/{foreign.pk}/").status_code == 404
    assert api.get("/bookings/").json()["results"] == []


def period(start, end):
    return {"starts_at": tomorrow(start).isoformat(), "ends_at": tomorrow(end).isoformat()}


def test_busy_says_when_but_not_by_whom(api):
    space = SpaceFactory()
    api.post("/bookings/", wanted(space, 10, 11, title="Secret"))

    answer = api.client.get(f"{api.prefix}/spaces/{space.pk}/busy/", period(8, 18))

    assert [set(row) for row in answer.json()] == [{"starts_at", "ends_at"}]


def test_free_leaves_out_what_is_taken(api):
    taken, free = SpaceFactory(), SpaceFactory()
    api.post("/bookings/", wanted(taken, 10, 11))

    answer = api.client.get(f"{api.prefix}/availability/", {**period(10, 11), "people": 2})

    assert [row["space"]["id"] for row in answer.json()] == [str(free.pk)]


def test_the_first_free_time_of_each_space_is_told(api):
    taken, free = SpaceFactory(), SpaceFactory()
    api.post("/bookings/", wanted(taken, 10, 11))
    day = f"{tomorrow(10):%Y-%m-%d}"
    asked = {"from_day": day, "to_day": day, "minutes": 60, "not_before": "10:00"}

    answer = api.client.get(f"{api.prefix}/availability/first/", asked)
    wrong = api.client.get(f"{api.prefix}/availability/first/", {**asked, "near": free.pk})

    rows = [(row["space"]["id"], row["starts_at"]) for row in answer.json()]
    assert rows == [
        (str(free.pk), tomorrow(10).isoformat()),
        (str(taken.pk), tomorrow(11).isoformat()),
    ]
    assert wrong.status_code == 422
    assert [error["field"] for error in wrong.json()["errors"]] == ["near"]


def test_a_time_that_ends_before_it_starts_is_refused(api):
    answer = api.client.get(f"{api.prefix}/availability/", period(11, 10))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["ends_at"]


def test_pages_go_on_where_the_last_ended(api):
    made = [SpaceFactory() for _ in range(5)]

    first = api.get("/spaces/?limit=3").json()
    second = api.client.get(first["next"]).json()

    found = [row["id"] for row in first["results"] + second["results"]]
    assert found == [str(space.pk) for space in reversed(made)]


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_asks_the_same_few_queries(api, django_assert_num_queries, rows):
    for _ in range(rows):
        SpaceFactory()
    api.get("/spaces/")

    with django_assert_num_queries(5):
        answer = api.get("/spaces/")

    assert len(answer.json()["results"]) == rows


def test_rules_hold_for_programs_too(api):
    space = SpaceFactory(rules=open_rules(audience=["partners"]))

    answer = api.post("/bookings/", wanted(space))

    assert answer.status_code == 403
    assert not Booking.objects.exists()


def test_a_company_admin_makes_a_client_and_a_token_that_works(district, tenant_admin, browser_of):
    browser = browser_of(tenant_admin)
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    browser.post("/clients/new/", {"name": "Screens", "scopes": ["spaces:read"]})
    client = ApiClient.objects.get()

    page = browser.post(f"/clients/{client.pk}/tokens/", {"days": "30"})

    secret = page.context["secret"]
    assert page["Cache-Control"] == "no-store"
    assert Api(district, secret).get("/spaces/").status_code == 200
    assert secret not in browser.get("/clients/").content.decode()
    browser.post(f"/tokens/{client.tokens.get().pk}/revoke/")
    assert Api(district, secret).get("/spaces/").status_code == 401


def test_issuing_a_token_asks_first_who_it_is(tenant_admin, browser_of):
    client = ApiClientFactory(organization=tenant_admin.organization)
    browser = browser_of(tenant_admin)

    answer = browser.post(f"/clients/{client.pk}/tokens/", {"days": "30"})

    back = quote(f"{browser.prefix}/clients/", safe="")
    assert answer["Location"] == f"{browser.prefix}/accounts/reauthenticate/?next={back}"
    assert not client.tokens.exists()


def test_rescheduling_moves_and_names_the_state_it_changes(api):
    made = api.post("/bookings/", wanted(SpaceFactory()))
    path, times = f"/bookings/{made.json()['id']}/reschedule/", period(14, 15)

    assert api.post(path, times).status_code == 428
    assert api.post(path, times, If_Match='"99"').status_code == 412
    moved = api.post(path, times, If_Match=made["ETag"])

    booking = Booking.objects.get()
    assert (booking.starts_at, booking.ends_at) == (tomorrow(14), tomorrow(15))
    assert (moved.status_code, moved["ETag"]) == (200, f'"{booking.revision}"')


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_the_same_state_at_once_one_is_stale(monkeypatch):
    home, together = DistrictFactory(), Barrier(2)
    with scope(home.pk):
        api = Api(home, secret_of(ApiClientFactory(scopes=ALL)))
        space = SpaceFactory()
    made = api.post("/bookings/", wanted(space))
    look, answers = BookingResource.require_match, []

    def look_and_wait(self, revision):
        look(self, revision)
        with suppress(BrokenBarrierError):
            together.wait(0.5)

    def move(hour):
        path = f"/bookings/{made.json()['id']}/reschedule/"
        answers.append(api.post(path, period(hour, hour + 1), If_Match=made["ETag"]).status_code)

    monkeypatch.setattr(BookingResource, "require_match", look_and_wait)
    at_once(2, move, [14, 16])

    assert sorted(answers) == [200, 412]


def test_rescheduling_onto_a_taken_time_changes_nothing_and_offers_others(api):
    space = SpaceFactory()
    api.post("/bookings/", wanted(space, 14, 15))
    made = api.post("/bookings/", wanted(space, 10, 11))

    answer = api.post(
        f"/bookings/{made.json()['id']}/reschedule/", period(14, 15), If_Match=made["ETag"]
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "occupancy_no_overlap")
    assert answer.json()["alternatives"][0]["space"] == str(space.pk)
    assert Booking.objects.get(pk=made.json()["id"]).starts_at == tomorrow(10)


def test_a_conflict_names_what_is_free_instead_and_not_who_is_in_the_way(api):
    space, other = SpaceFactory(), SpaceFactory()
    api.post("/bookings/", wanted(space, title="Secret"))

    body = api.post("/bookings/", wanted(space)).json()

    offered = {(item["space"], item["starts_at"]) for item in body["alternatives"]}
    assert (str(other.pk), tomorrow(10).isoformat()) in offered
    assert "in_the_way" not in body
    assert "Secret" not in str(body)


@pytest.mark.parametrize("query", ["buiding=1", "limit=3&statu=x", "starts_at=2026-01-01"])
def test_a_parameter_that_does_not_exist_is_refused(api, query):
    SpaceFactory()

    answer = api.get(f"/spaces/?{query}")

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["unknown_parameter"]


def test_fields_and_expand_shape_what_is_shown(api):
    space = SpaceFactory(name_en="Hall")

    row = api.get("/spaces/?fields=code,building&expand=building").json()["results"][0]

    assert row == {
        "code": space.code,
        "building": {
            "id": str(space.building_id),
            "code": space.building.code,
            "name_zh": space.building.name_zh,
            "name_en": space.building.name_en,
            "address_zh": "",
            "address_en": "",
        },
    }


@pytest.mark.parametrize("query", ["fields=secret", "expand=district", "expand=rules"])
def test_what_cannot_be_shown_is_refused(api, query):
    SpaceFactory()

    answer = api.get(f"/spaces/?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_field"


@pytest.mark.parametrize("rows", [1, 20])
def test_expanding_asks_no_more_queries(api, django_assert_num_queries, rows):
    for _ in range(rows):
        SpaceFactory()
    api.get("/spaces/")

    with django_assert_num_queries(5):
        answer = api.get("/spaces/?expand=building,floor")

    assert len({row["building"]["id"] for row in answer.json()["results"]}) == rows


def test_what_has_ended_comes_only_with_updated_since(api):
    ended, current = SpaceFactory(ended_at=timezone.now()), SpaceFactory()

    since = quote((timezone.now() - timedelta(hours=1)).isoformat())
    changed = api.get(f"/spaces/?updated_since={since}").json()["results"]

    assert [row["id"] for row in api.get("/spaces/").json()["results"]] == [str(current.pk)]
    assert {row["id"]: row["ended_at"] is None for row in changed} == {
        str(ended.pk): False,
        str(current.pk): True,
    }
    assert api.get("/spaces/?updated_since=yesterday").status_code == 422


def test_spaces_are_filtered_by_what_they_have(api):
    both = SpaceFactory(features=["projector", "whiteboard"], capacity=12)
    SpaceFactory(features=["projector"], capacity=30)
    SpaceFactory(features=["projector", "whiteboard"], capacity=4)

    found = api.get("/spaces/?feature=projector&feature=whiteboard&capacity_min=10").json()

    assert [row["id"] for row in found["results"]] == [str(both.pk)]


def test_bookings_are_filtered_by_state_and_time(api):
    space = SpaceFactory()
    early = api.post("/bookings/", wanted(space, 9, 10)).json()["id"]
    late = api.post("/bookings/", wanted(space, 15, 16, external_id="X-1")).json()["id"]

    def found(query):
        return [row["id"] for row in api.get(f"/bookings/?{query}").json()["results"]]

    noon = quote(tomorrow(12).isoformat())
    assert found(f"ends_after={noon}") == [late]
    assert found(f"starts_before={noon}") == [early]
    assert found("external_id=X-1") == [late]
    assert found("status=confirmed&status=requested") == [late, early]
    assert found("status=cancelled") == []


def test_an_id_of_one_s_own_is_unique_within_the_organisation_alone(district, api):
    other = Api(district, secret_of(ApiClientFactory(scopes=ALL)))
    assert api.post("/bookings/", wanted(SpaceFactory(), external_id="42")).status_code == 201

    elsewhere = other.post("/bookings/", wanted(SpaceFactory(), external_id="42"))
    again = api.post("/bookings/", wanted(SpaceFactory(), external_id="42"))

    assert elsewhere.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "booking_external_id")


def test_an_unchanged_thing_is_not_sent_again(api):
    space = SpaceFactory()
    first = api.get(f"/spaces/{space.pk}/")

    again = api.get(f"/spaces/{space.pk}/", **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    space.save()
    assert api.get(f"/spaces/{space.pk}/", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_every_answer_says_what_is_left_of_the_allowance(api):
    left = [int(api.get("/district/")["RateLimit-Remaining"]) for _ in range(3)]

    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_beyond_the_allowance_the_answer_says_how_long_to_wait(api, monkeypatch):
    monkeypatch.setattr(ClientThrottle, "rate", "2/min")
    answers = [api.get("/district/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 61
    assert answers[2]["RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_documentation_lists_every_operation(district, language):
    page = Client(HTTP_ACCEPT_LANGUAGE=language).get(f"/{district.slug}/api/docs/")

    operations = [
        (operation.method, operation.path, operation.scope)
        for _name, found in page.context["resources"]
        for operation in found
    ]
    assert ("POST", "/bookings/{id}/reschedule/", "bookings:write") in operations
    schema = SCHEMA.read_text()
    assert len(operations) == schema.count("operationId:")
    text = page.content.decode()
    assert all(
        summary.summary in text for _n, found in page.context["resources"] for summary in found
    )


@pytest.mark.django_db(transaction=True)
def test_the_quick_start_works_as_it_is_pasted(live_server):
    home = DistrictFactory()
    with scope(home.pk):
        space = SpaceFactory(capacity=8)
        secret = secret_of(ApiClientFactory(scopes=ALL))
    page = Client().get(f"{live_server.url}/{home.slug}/api/docs/", HTTP_HOST=live_server.url[7:])
    code = re.search(r'id="quick-python">(.*?)</pre>', page.content.decode(), re.DOTALL)

    done = subprocess.run(
        [sys.executable, "-c", html.unescape(code[1])],
        env={**os.environ, "TOKEN": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    with scope(home.pk):
        booking = Booking.objects.get()
    assert done.stdout == f"{booking.number} confirmed\n", done.stderr
    assert booking.space_id == space.pk


def test_members_and_strangers_do_not_manage_clients(
    district, tenant_admin, tenant_member, stranger, browser_of
):
    client = ApiClientFactory(organization=tenant_admin.organization)

    assert browser_of(tenant_member).get("/clients/").status_code == 403
    answer = browser_of(stranger).post(f"/clients/{client.pk}/tokens/", {"days": "30"})
    assert (answer.status_code, ApiToken.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"attendee_count": 0}, 422),
        ({"attendee_count": -3}, 422),
        ({"attendee_count": 9}, 409),
        ({"starts_at": "2020-01-01T10:00:00Z", "ends_at": "2020-01-01T11:00:00Z"}, 409),
        ({"starts_at": "2027-13-45"}, 422),
        ({"ends_at": "9999-12-31T23:59:59Z"}, 422),
        ({"ends_at": "2020-01-01T10:00:00Z"}, 409),
        ({"title": "x" * 161}, 422),
    ],
)
def test_wrong_times_and_numbers_are_a_problem_and_write_nothing(api, change, status):
    answer = api.post("/bookings/", {**wanted(SpaceFactory()), **change})

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert not Booking.objects.exists()
