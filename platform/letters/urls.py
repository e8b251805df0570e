from django.urls import path

from letters import views

app_name = "letters"
urlpatterns = [
    path("", views.letters, name="list"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("<slug:ref>/send-again/", views.send_again, name="send-again"),
]
