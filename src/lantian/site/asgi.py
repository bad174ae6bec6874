"""The application that the web server runs."""

from __future__ import annotations

import os
import warnings

from django.conf import settings
from django.core.asgi import get_asgi_application

from lantian.site import bodies, settled

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantian.site.settings")
# Static files are read whole in a thread: what this warning is about costs nothing at their size.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
application = bodies.limited(get_asgi_application(), settings.LANTIAN_UPLOAD_BYTES * bodies.FILES_AT_ONCE)
settled.settle()
