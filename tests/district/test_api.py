"""The partner API: tokens, refusals, retries, stale states; each convention exactly."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from district.actors import System
from district.api.tokens import issue_token, revoke_token
from district.models import ApiClient, IdempotencyKey
from district.tenancy.scope import scope
from spaces.models import Booking
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    DistrictFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)
from tests.spaces.test_booking_actions import tomorrow

ALL = ["spaces:read", "organizations:read", "bookings:read", "bookings:write"]


def secret_of(client: ApiClient) -> str:
    return issue_token(client, expires_at=timezone.now() + timedelta(days=30), by=System())[1]


@pytest.fixture
def partner(district):
    return ApiClientFactory(scopes=ALL)


class Api:
    """A program with a token; answers come as (status, body, response)."""

    def __init__(self, district, secret):
        self.prefix = f"/{district.slug}/api/v1"
        self.client = Client(
            HTTP_ACCEPT_LANGUAGE="en",
            HTTP_AUTHORIZATION=f"Bearer {secret}",
            SERVER_NAME="localhost",
        )

    def get(self, path, **headers):
        return self.client.get(self.prefix + path, headers=headers)

    def post(self, path, body=None, **headers):
        return self.client.post(
            self.prefix + path,
            json.dumps(body if body is not None else {}),
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )


@pytest.fixture
def api(district, partner):
    return Api(district, secret_of(partner))


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


@pytest.mark.django_db
def test_a_token_opens_its_own_district_alone():
    home, other = DistrictFactory(), DistrictFactory()
    with scope(home.pk):
        secret = secret_of(ApiClientFactory(scopes=ALL))

    assert Api(home, secret).get("/spaces/").status_code == 200
    assert Api(other, secret).get("/spaces/").status_code == 401


def test_a_revoked_or_expired_token_is_refused_at_once(district, partner):
    token, secret = issue_token(partner, expires_at=timezone.now() + timedelta(days=1), by=System())
    api = Api(district, secret)
    assert api.get("/spaces/").status_code == 200

    revoke_token(token, by=System())

    assert api.get("/spaces/").status_code == 401


def test_a_token_is_kept_as_a_hash_only(district, partner):
    token, secret = issue_token(partner, expires_at=timezone.now() + timedelta(days=1), by=System())

    assert secret not in str(token.__dict__)
    assert token.prefix == secret[:12]


def test_a_missing_scope_is_forbidden(district):
    api = Api(district, secret_of(ApiClientFactory(scopes=["spaces:read"])))

    assert api.get("/spaces/").status_code == 200
    assert api.get("/bookings/").status_code == 403


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
    assert set(answer.json()["errors"]) == {"space", "starts_at", "ends_at"}


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

    assert answer.status_code == 422
    assert Booking.objects.count() == 1


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

    answer = api.client.get(f"{api.prefix}/spaces/free/", {**period(10, 11), "people": 2})

    assert [row["space"]["id"] for row in answer.json()] == [str(free.pk)]


def test_a_time_that_ends_before_it_starts_is_refused(api):
    answer = api.client.get(f"{api.prefix}/spaces/free/", period(11, 10))

    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"ends_at"}


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
    browser.post("/clients/new/", {"name": "Screens", "scopes": ["spaces:read"]})
    client = ApiClient.objects.get()

    page = browser.post(f"/clients/{client.pk}/tokens/", {"days": "30"})

    secret = page.context["secret"]
    assert page["Cache-Control"] == "no-store"
    assert Api(district, secret).get("/spaces/").status_code == 200
    assert secret not in browser.get("/clients/").content.decode()
    browser.post(f"/tokens/{client.tokens.get().pk}/revoke/")
    assert Api(district, secret).get("/spaces/").status_code == 401


def test_members_and_strangers_do_not_manage_clients(
    district, tenant_admin, tenant_member, stranger, browser_of
):
    client = ApiClientFactory(organization=tenant_admin.organization)

    assert browser_of(tenant_member).get("/clients/").status_code == 403
    answer = browser_of(stranger).post(f"/clients/{client.pk}/tokens/", {"days": "30"})
    assert answer.status_code == 404
