"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
os.environ.setdefault("LIANPIAN_PROCESS", "web")
application = get_wsgi_application()
