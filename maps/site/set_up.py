"""What set-up makes inside `var/`: the secret key, static files, translations, the cluster."""

import os
import secrets
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from layers.assignment.sets import warm_up as warm_up_sets
from layers.bundling.warm_up import warm_up
from maps.site import local_postgres


def write_secret(path: Path, secret: str) -> None:
    """Write a secret that only its owner may read, once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret)


def set_up() -> None:
    """Make what every other task relies on; a second run changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maps.site.settings")
    write_secret(local_postgres.CHECKOUT / "var" / "secret_key", secrets.token_urlsafe(50))
    django.setup()
    call_command("compilemessages", verbosity=0, ignore=[".venv", "node_modules", "var"])
    call_command("collectstatic", verbosity=0, interactive=False)
    local_postgres.run("true")
    (settings.VAR_DIR / "out").mkdir(exist_ok=True)
    sys.stdout.write("编译片区算法（仅一次，约一分钟）\n")
    sys.stdout.flush()
    warm_up()
    warm_up_sets()


if __name__ == "__main__":
    set_up()
