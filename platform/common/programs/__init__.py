"""The ground of the API: pages of lists, problems, serializers, its document."""
