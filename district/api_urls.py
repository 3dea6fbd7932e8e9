"""The partner API: every app's resources under one roof, with their schema."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from district import registry
from district.middleware import public

router = SimpleRouter()
for route in registry.routes:
    router.register(route.prefix, route.viewset, basename=route.basename)

app_name = "api"
urlpatterns = [
    path("openapi.yaml", public(SpectacularAPIView.as_view()), name="schema"),
    *router.urls,
]
