from django.urls import include, path

from district.accounts import views

urlpatterns = [
    path("demo/login/", views.demo_login, name="demo_login"),
    path("demo/messages/", views.kept_messages, name="kept_messages"),
    # in the place of the library's own pages
    path("2fa/", views.security, name="account_security"),
    path("sessions/", views.session_list, name="usersessions_list"),
    path("sessions/<int:session_id>/end/", views.session_end, name="session_end"),
    path("sessions/end/", views.sessions_end, name="sessions_end"),
    path("demo/messages/<int:message_id>/", views.kept_message, name="kept_message"),
    path("", include("allauth.urls")),
]
