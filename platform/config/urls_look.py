"""How pages look, on both hosts."""

from django.urls import path

from config import look

urlpatterns = [
    path("work/", look.work, name="work"),
    path("look/type/", look.type_size, name="type-size"),
    path("gallery/", look.gallery, name="gallery"),
]
