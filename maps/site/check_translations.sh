#!/bin/sh
# Fail where a sentence for people has no English translation, or a translation no sentence.
# The sentences are collected into a copy, so that a check changes nothing.
set -eu
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

committed=maps/locale/en/LC_MESSAGES/django.po
cp "$committed" "$copy/committed.po"
restore() { cp "$copy/committed.po" "$committed"; }
trap 'restore; rm -rf "$copy"' EXIT
.venv/bin/python manage.py makemessages -l en --no-location --no-wrap --no-obsolete \
    --ignore .venv --ignore node_modules --ignore var --ignore tests --verbosity 0
cp "$committed" "$copy/collected.po"

msgids() { msgattrib --no-wrap --no-obsolete "$1" | sed -n '/^msgid/,/^msgstr/p' | grep -v '^msgstr' || true; }
msgids "$copy/committed.po" >"$copy/a"
msgids "$copy/collected.po" >"$copy/b"
if ! diff "$copy/a" "$copy/b"; then
    echo "Translations are out of date: run make messages, then translate what is new." >&2
    exit 1
fi
open=$(msgattrib --no-wrap --untranslated "$copy/committed.po"; msgattrib --no-wrap --only-fuzzy "$copy/committed.po")
if printf '%s' "$open" | grep -q '^msgid "..*"'; then
    printf '%s\n' "$open" >&2
    echo "These sentences have no English translation." >&2
    exit 1
fi
msgfmt --check --output-file=/dev/null "$copy/committed.po"
