#!/bin/sh
# Collect the sentences for people, from the sources below this folder's project, into its English
# catalogues: django (pages and thinking) and djangojs (scripts of pages). Run by `make messages`, and
# by check_translations.sh in a copy of the sources.
set -eu
cd "$(dirname "$0")/../.."
for domain in django djangojs; do
    "${PYTHON:-.venv/bin/python}" manage.py makemessages --domain $domain --locale en --no-location \
        --no-wrap --no-obsolete --ignore .venv --ignore node_modules --ignore var --ignore tests \
        --ignore coverage_map.js --verbosity 0 "$@"
    # A date in the header would make every collecting a change.
    sed -i '/^"POT-Creation-Date:/d' maps/locale/en/LC_MESSAGES/$domain.po
done
