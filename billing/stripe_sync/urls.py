"""What Stripe calls, on the shared host."""

from django.urls import path

from billing.stripe_sync import webhooks

urlpatterns = [path("billing/stripe/webhook/", webhooks.stripe, name="api-stripe-webhook")]
