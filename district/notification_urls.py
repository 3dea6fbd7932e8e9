"""Addresses of notifications, and of the channels they go through."""

from django.urls import path

from district.views import (
    channels,
    deliveries,
    notices,
    notification_settings,
    notifications,
)

urlpatterns = [
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/latest/", notifications.notifications_latest, name="notifications_latest"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path(
        "notifications/settings/",
        notification_settings.notification_settings,
        name="notification_settings",
    ),
    path(
        "notifications/unsubscribe/<str:key>/",
        notification_settings.unsubscribe,
        name="unsubscribe",
    ),
    path(
        "notifications/<uuid:notification_id>/open/",
        notifications.notification_open,
        name="notification_open",
    ),
    path(
        "notifications/<uuid:notification_id>/read/",
        notifications.notification_read,
        name="notification_read",
    ),
    path("channels/", channels.channel_list, name="channel_list"),
    path("channels/robots/new/", channels.robot_new, name="robot_new"),
    path("channels/robots/<uuid:robot_id>/", channels.robot_detail, name="robot_detail"),
    path("channels/robots/<uuid:robot_id>/edit/", channels.robot_edit, name="robot_edit"),
    path("channels/robots/<uuid:robot_id>/test/", channels.robot_test, name="robot_test"),
    path("channels/robots/<uuid:robot_id>/end/", channels.robot_end, name="robot_end"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/new/", notices.notice_new, name="notice_new"),
    path("notices/<uuid:notice_id>/", notices.notice_detail, name="notice_detail"),
    path("notices/<uuid:notice_id>/edit/", notices.notice_edit, name="notice_edit"),
    path("notices/<uuid:notice_id>/end/", notices.notice_end, name="notice_end"),
    path("notices/<uuid:notice_id>/dismiss/", notices.notice_dismiss, name="notice_dismiss"),
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
]
