#!/bin/sh
# Fail where a sentence for people has no English translation, or a translation no sentence.
# The sentences are collected in a copy of the sources, so that a check changes nothing.
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

tar -c --exclude=__pycache__ manage.py geo layers maps data | tar -x -C "$copy"
PYTHON=$PWD/.venv/bin/python sh "$copy/maps/site/collect_messages.sh" --keep-pot
for domain in django djangojs; do
    catalogue=maps/locale/en/LC_MESSAGES/$domain.po
    sentences=$copy/maps/locale/$domain.pot
    if ! msgcmp --no-fuzzy-matching "$catalogue" "$sentences"; then
        echo "英文翻译不全：请运行 make messages，再翻译 $catalogue 中的新句子。" >&2
        exit 1
    fi
    unused=$(msgcomm --no-wrap --less-than=2 "$catalogue" "$sentences")
    if [ -n "$unused" ]; then
        printf '%s\n' "$unused" >&2
        echo "以上译文已没有对应的句子：请运行 make messages。" >&2
        exit 1
    fi
    msgfmt --check --output-file=/dev/null "$catalogue"
done
