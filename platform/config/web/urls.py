"""How pages look, on both hosts."""

from django.urls import path

from config.web import guides, look

urlpatterns = [
    path("work/", look.work, name="work"),
    path("look/type/", look.type_size, name="type-size"),
    path("favicon.ico", look.favicon, name="favicon"),
    path("help/", guides.guide, name="help"),
    path("help/<slug:name>/", guides.guide, name="guide"),
    path("gallery/", look.gallery, name="gallery"),
]
