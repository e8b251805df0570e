from django.urls import path

from services.records import views, views_record

app_name = "records"
urlpatterns = [
    path("", views.records, name="list"),
    path("new/", views_record.new, name="new"),
    path("countersign/", views.countersign_many, name="countersign_many"),
    path("<slug:ref>/", views.record, name="record"),
    path("<slug:ref>/correct/", views_record.correct, name="correct"),
    path("<slug:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:ref>/undo/", views.undo, name="undo"),
    path("<slug:ref>/restore/", views.restore, name="restore"),
    path("<slug:ref>/countersign/", views.countersign, name="countersign"),
    path("<slug:ref>/return/", views.send_back, name="return"),
]
