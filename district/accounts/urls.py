from django.urls import include, path

from district.accounts import views

urlpatterns = [
    path("demo/login/", views.demo_login, name="demo_login"),
    path("demo/messages/", views.kept_messages, name="kept_messages"),
    path("", include("allauth.urls")),
]
