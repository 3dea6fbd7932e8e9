from django.urls import URLPattern, path

from spaces.views import building, favourites, map, photos, policy, sights, space

PLURALS = {
    "zone": "zones",
    "place": "places",
    "artwork": "artworks",
    "route": "routes",
    "platform": "platforms",
}


def _sight_urls(noun: str, plural: str) -> list[URLPattern]:
    kind = {"noun": noun}
    one = f"{plural}/<uuid:sight_id>/"
    return [
        path(f"{plural}/", sights.sight_list, kind, name=f"{noun}_list"),
        path(f"{plural}/new/", sights.sight_new, kind, name=f"{noun}_new"),
        path(one, sights.sight_detail, kind, name=f"{noun}_detail"),
        path(f"{one}edit/", sights.sight_edit, kind, name=f"{noun}_edit"),
        path(f"{one}end/", sights.sight_end, kind, name=f"{noun}_end"),
    ]


urlpatterns: list[URLPattern] = [
    path("map/", map.district_map, name="district_map"),
    path("map/data.json", map.map_json, name="map_data"),
    path("buildings/", building.building_list, name="building_list"),
    path("buildings/new/", building.building_new, name="building_new"),
    path("buildings/<uuid:building_id>/", building.building_detail, name="building_detail"),
    path("buildings/<uuid:building_id>/edit/", building.building_edit, name="building_edit"),
    path("buildings/<uuid:building_id>/end/", building.building_end, name="building_end"),
    path("buildings/<uuid:building_id>/floors/", building.floor_new, name="floor_new"),
    path("buildings/<uuid:building_id>/spaces/new/", space.space_new, name="space_new"),
    path("buildings/<uuid:building_id>/policy/", policy.building_policy, name="building_policy"),
    path("spaces/", space.space_list, name="space_list"),
    path("spaces/policy/", policy.district_policy, name="district_policy"),
    path("spaces/<uuid:space_id>/", space.space_detail, name="space_detail"),
    path("spaces/<uuid:space_id>/edit/", space.space_edit, name="space_edit"),
    path("spaces/<uuid:space_id>/split/", space.space_split, name="space_split"),
    path("spaces/<uuid:space_id>/merge/", space.space_merge, name="space_merge"),
    path("spaces/<uuid:space_id>/end/", space.space_end, name="space_end"),
    path("spaces/<uuid:space_id>/star/", favourites.favourite_add, name="favourite_add"),
    path("spaces/<uuid:space_id>/unstar/", favourites.favourite_remove, name="favourite_remove"),
    path("spaces/<uuid:space_id>/policy/", policy.space_policy, name="space_policy"),
    path("photos/<str:kind>/<uuid:subject_id>/", photos.photo_list, name="photo_list"),
    path("photos/<uuid:photo_id>/describe/", photos.photo_describe, name="photo_describe"),
    path("photos/<uuid:photo_id>/first/", photos.photo_first, name="photo_first"),
    path("photos/<uuid:photo_id>/remove/", photos.photo_remove, name="photo_remove"),
    *(url for noun, plural in PLURALS.items() for url in _sight_urls(noun, plural)),
]
