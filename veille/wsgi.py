"""The door of the application server.

A real server is in production unless its environment says otherwise.
"""

import os

os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veille.settings")

# After the environment, which it reads.
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
