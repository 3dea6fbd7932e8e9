"""The page of API clients."""

from tests.factories import ApiClientFactory


def test_what_a_client_may_do_is_said_in_words(browser_of, tenant_admin):
    ApiClientFactory(organization=tenant_admin.organization, scopes=["bookings:write"])

    page = browser_of(tenant_admin).get("/clients/").content.decode()

    assert "Book, move and cancel for your organisation" in page
    assert "bookings:write" not in page
