from django.urls import include, path

from district.middleware import public
from district.runtime.views import healthz
from district.views import clients, home, menu, notifications, preferences, search

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", public(healthz), name="healthz"),
    path("accounts/", include("district.accounts.urls")),
    path("preferences/language/", preferences.language_change, name="language_change"),
    path("preferences/theme/", preferences.theme_change, name="theme_change"),
    path(
        "memberships/<uuid:membership_id>/switch/",
        preferences.membership_switch,
        name="membership_switch",
    ),
    path("api/v1/", include("district.api_urls")),
    path("clients/", clients.client_list, name="client_list"),
    path("clients/new/", clients.client_new, name="client_new"),
    path("clients/<uuid:client_id>/tokens/", clients.token_issue, name="token_issue"),
    path("tokens/<uuid:token_id>/revoke/", clients.token_revoke, name="token_revoke"),
    path("menu/", menu.menu, name="menu"),
    path("search/", search.search, name="search"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("", include("spaces.booking_urls")),
    path("", include("spaces.urls")),
]
