#!/bin/sh
# check.sh FOLDER PACKAGE...: installs the packages, looks at what came, removes them. Called in a mount namespace of
# its own: all happens on top of this system's files, in memory, and is gone with the namespace.
set -eu
work=$1
shift
fail() { echo "check: $*" >&2; exit 1; }

mount --make-rprivate /
mount -t tmpfs -o mode=755,size=3g tmpfs "$work"
mkdir "$work/up" "$work/work" "$work/root" "$work/root/packages" 2>/dev/null || true
mount -t overlay -o "lowerdir=/,upperdir=$work/up,workdir=$work/work" overlay "$work/root"
root=$work/root
mkdir -p "$root/packages"
cp "$@" "$root/packages/"
mount -t proc proc "$root/proc"
# Devices of its own: what scripts of packages do to them is gone, too.
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
for device in null zero full random urandom tty; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777,size=16m tmpfs "$root/dev/shm"
in_root() { chroot "$root" env DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
# Nothing is started here: whether it could be is looked at below.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

in_root apt-get -q update
in_root sh -c 'apt-get -q install -y --no-install-recommends desktop-file-utils systemd /packages/*.deb'

in_root deskside --version
in_root deskside-server --version
in_root deskside-server --config /etc/deskside/server.toml --check
in_root desktop-file-validate /usr/share/applications/deskside.desktop /usr/share/applications/deskside-link.desktop
grep -q 'x-scheme-handler/deskside=deskside-link.desktop' "$root/usr/share/applications/mimeinfo.cache" ||
  fail "no program opens deskside: links"
[ -s "$root/usr/share/icons/hicolor/scalable/apps/deskside.svg" ] || fail "no icon"
in_root systemd-analyze verify /lib/systemd/system/deskside-server.service
[ -L "$root/etc/systemd/system/multi-user.target.wants/deskside-server.service" ] || fail "the server is not started at boot"

# A setting that was changed stays when only the program goes.
echo 'organisation = "Printers & Co"' > "$root/etc/deskside/server.toml"
in_root apt-get -q remove -y deskside deskside-server
grep -q Printers "$root/etc/deskside/server.toml" || fail "the settings are gone"
[ ! -e "$root/usr/bin/deskside" ] && [ ! -e "$root/usr/bin/deskside-server" ] || fail "a program was left"
# The other one left nothing that could be purged.
in_root dpkg --purge deskside-server
left=$(find "$root/etc" "$root/usr" "$root/lib/systemd" "$root/var/lib/dpkg/info" -name '*deskside*' 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"

umount -R "$root"
umount "$work"
echo "check: installed, looked at and removed again"
