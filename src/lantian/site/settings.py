"""Django's settings, filled from :mod:`lantian.site.config`; what an installation may choose stands there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from lantian.site import config as _config

CONFIG = _config.load()
HERE = Path(__file__).resolve().parent

LANTIAN_DATA = CONFIG.data
LANTIAN_LAKE = CONFIG.lake
LANTIAN_PACKS = CONFIG.packs
LANTIAN_UPLOAD_BYTES = CONFIG.upload_bytes
LANTIAN_DIRECTORY = CONFIG.directory
LANTIAN_TRUSTED_PROXIES = CONFIG.trusted_proxies

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [*CONFIG.hosts, *([urlsplit(CONFIG.url).hostname or ""] if CONFIG.url else [])]
CSRF_TRUSTED_ORIGINS = [CONFIG.url] if CONFIG.url else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "lantian.apps.core",
    "lantian.apps.areas",
    "lantian.apps.plans",
    "lantian.apps.monitoring",
    "lantian.apps.received",
    "lantian.apps.registers",
    "lantian.apps.indicators",
    "lantian.apps.devices",
    "lantian.apps.consultation",
    "lantian.apps.people",
    "lantian.apps.papers",
    "lantian.apps.alignment",
    "lantian.apps.supervision",
    "lantian.apps.chasing",
    "lantian.apps.assessment",
    "lantian.apps.bulletins",
]

MIDDLEWARE = [
    "lantian.site.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lantian.apps.core.middleware.RequestId",
    "lantian.apps.core.api.middleware.ApiAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lantian.apps.core.middleware.PersonLanguage",
    "lantian.apps.core.middleware.WholeBody",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lantian.apps.core.middleware.FirstPassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lantian.apps.core.middleware.StorableText",
]

ROOT_URLCONF = "lantian.site.urls"
ASGI_APPLICATION = "lantian.site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lantian.site.navigation.navigation",
            ],
        },
    },
]

DATABASES = {"default": CONFIG.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "core:login"

SESSION_COOKIE_AGE = CONFIG.session_seconds
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.url.startswith("https://")
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# E-mail goes out only where an installation names a server; groups of chat programs only to hosts that it lists.
LANTIAN_EMAIL = CONFIG.email is not None
LANTIAN_WEBHOOK_HOSTS = CONFIG.webhook_hosts
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if CONFIG.email else 'dummy'}.EmailBackend"
if CONFIG.email:
    EMAIL_HOST, EMAIL_PORT = CONFIG.email.host, CONFIG.email.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.email.user, CONFIG.email.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIG.email.secure == "tls", CONFIG.email.secure == "ssl"
    DEFAULT_FROM_EMAIL = CONFIG.email.sender
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lantian.site.statics.VersionedStaticFiles"},
}
MEDIA_ROOT = LANTIAN_DATA / "files"
# Served from where they lie, and every address carries the file's version: no collectstatic, no stale style sheet.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 31_536_000

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lantian.apps.core.request_ids.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
