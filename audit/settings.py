"""The settings of the site, with what nginx does before it in production: pages compressed."""

from veille.settings import *  # noqa: F403
from veille.settings import MIDDLEWARE

MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *MIDDLEWARE]
