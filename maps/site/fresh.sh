#!/bin/sh
# Prove the two commands of the README on a machine that has nothing: a new Debian 12 in a folder,
# with git, make and Python only. Needs root (chroot) and debootstrap.
# How this machine reaches Debian, PyPI and npm (mirror, certificates, pip's settings) is carried over.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "make fresh 需要 root 权限。" >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq debootstrap >/dev/null; }

root=$(mktemp -d /var/tmp/lianpian-fresh.XXXXXX)
chmod 755 "$root" # it becomes "/", which every account must be able to enter
finish() {
    status=$?
    inside 'make stop' >/dev/null 2>&1 || true
    for place in proc dev/shm dev; do umount -l "$root/$place" 2>/dev/null || true; done
    rm -rf --one-file-system "$root"
    exit $status
}
trap finish EXIT INT TERM

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
debootstrap --variant=minbase --include=ca-certificates,git,make,python3 bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t proc proc "$root/proc"
for file in /etc/resolv.conf /etc/hosts /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d \
    /etc/pip.conf /etc/npmrc /root/.npmrc /etc/ssl/certs /usr/local/share/ca-certificates; do
    [ -e "$file" ] || continue
    mkdir -p "$root$(dirname "$file")"
    # Whole and without links: what is there already points at places that differ.
    rm -rf "${root:?}$file"
    cp -aL "$file" "$root$file"
done

git clone -q . "$root/srv/lianpian"
inside() {
    chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI="${CI:-}" \
        $(env | grep -E '^(PIP|UV|SSL|NODE|npm|HTTPS?|NO|https?|no)_[A-Za-z_]*=' | tr '\n' ' ') \
        sh -euc "cd /srv/lianpian
$1"
}

echo "== make demo, in a new $(chroot "$root" sh -c '. /etc/os-release; echo "$PRETTY_NAME"')"
inside 'make demo >/tmp/demo.log 2>&1 &
    demo=$!
    until grep -qs "连片已启动" /tmp/demo.log; do
        kill -0 $demo 2>/dev/null || { cat /tmp/demo.log; exit 1; }
        sleep 2
    done
    cat /tmp/demo.log
    python3 -c "import urllib.request as u; print(\"GET /\", u.urlopen(\"http://127.0.0.1:8000/\").status)"
    find var/out -type f | sort
    make stop
    wait $demo'
echo "== make test"
inside 'make test'
echo "== both passed"
