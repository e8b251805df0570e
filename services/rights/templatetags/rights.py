"""What an alert for the data officer is about, as its page says it."""

from django import template

from services.clients.privacy import alerts

register = template.Library()
register.filter("about", alerts.about)
