from tests.services.grants.cast import base

__all__ = ["base"]
