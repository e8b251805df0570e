"""What a test process needs before Django reads its settings; loaded with `-p tests.environment`."""

import base64
import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "a key for tests only")
os.environ.setdefault("MASTER_KEY", base64.b64encode(b"thirty-two bytes for tests only!").decode())
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("MFA_REQUIRED", "0")
os.environ["REDIS_URL"] = ""
os.environ["STATIC_COLLECTED"] = "0"
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["DATA_DIR"] = os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="liandong-tests-")
os.environ["TEST_DATA_DIR"] = os.environ["DATA_DIR"]

from tests import database

# Every test works with the rights of the application's role, put on after connecting; `as_owner()` takes it off in the
# same transaction. The two connections of a deployment are tested in tests/tenants/test_owner.py.
os.environ["TEST_ADDRESS"] = database.url(Path(os.environ["DATA_DIR"]))  # as the owner
os.environ["DATABASE_URL"] = f"{os.environ['TEST_ADDRESS']}?assume_role=liandong_app"
(Path(os.environ["DATA_DIR"]) / "static").mkdir(exist_ok=True)
