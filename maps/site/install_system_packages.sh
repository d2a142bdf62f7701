#!/bin/sh
# Install the Debian packages that are missing: the named set, with sudo when not root.
# usage: install_system_packages.sh run|test
set -eu

run="python3-venv postgresql postgresql-15-postgis-3 gdal-bin libgdal32 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk gettext ca-certificates"
test="chromium git libatomic1"
case "${1:-run}" in
run) wanted=$run ;;
test) wanted="$run $test" ;;
*)
    echo "usage: $0 run|test" >&2
    exit 2
    ;;
esac

# An existing PostGIS was named: no server of our own is needed.
if [ -n "${DATABASE_URL:-}" ]; then
    wanted=$(echo "$wanted" | sed 's/postgresql postgresql-15-postgis-3//')
fi

if ! command -v dpkg-query >/dev/null; then
    echo "这不是 Debian 系统：请自行安装 $wanted" >&2
    exit 1
fi
missing=""
for package in $wanted; do
    # A Python that was not packaged by Debian brings its own venv module.
    if [ "$package" = python3-venv ] && "${PYTHON:-python3}" -c "import ensurepip" 2>/dev/null; then
        continue
    fi
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "缺少系统软件包：$missing。请让管理员安装：apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "安装系统软件包：$missing"
case "$missing" in
*postgresql*)
    # Otherwise Debian starts a cluster of its own, on a port, which nobody asked for.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $as_root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    ;;
esac
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
