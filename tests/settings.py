"""The settings of the tests: the real database and Redis, quick passwords, nothing sent out."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, LOGGING, STORAGES

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("COPYLIFT_TEST_DB", "test_copylift")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING["root"]["level"] = "WARNING"
DECIDE_PLAN_SECONDS = 0
# What a test changes must be seen at once, and nothing may be stored after it.
DECIDE_CONTACT_SECONDS = 0
DECIDE_BUFFER_SECONDS = 0
# Loading it takes seconds, longer than the leases of the tests.
RANK_WITH_ENCODER = False
# Tests that are about consent ask for it; everybody else's people need not be asked first.
CONSENT_REQUIRED = []
# It writes hundreds of texts a second, and what most tests ask does not depend on who writes.
GENERATOR = "composer"
