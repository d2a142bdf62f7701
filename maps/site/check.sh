#!/bin/sh
# Every check that is not a test. Run by `make check`, which has done the set-up; ends at the first
# that fails, so that its message is the last thing on the screen.
set -eu
cd "$(dirname "$0")/../.."
PATH="$PWD/.venv/bin:$PWD/node_modules/.bin:$PATH"

say() { printf '%s\n' "-- $1"; }

say "ruff: lint and format"
ruff check .
ruff format --check .

say "spelling"
typos

say "types"
mypy .

say "import contracts"
lint-imports --no-logo 2>/dev/null || lint-imports

say "templates"
djade --check --target-version 5.2 $(git ls-files 'maps/templates/*.html')
djlint --lint --quiet maps/templates

say "scripts and styles"
biome check

say "migrations"
python manage.py makemigrations --check --dry-run

say "deployment"
LIANPIAN_HTTPS=1 python manage.py check --deploy --fail-level WARNING

say "translations"
sh maps/site/check_translations.sh
