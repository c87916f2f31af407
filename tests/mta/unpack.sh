#!/bin/sh
# unpack.sh PACKAGE -- COMMAND...: runs a test with a Debian package, and what it depends on, that
# cannot be installed beside what the machine has, as two mail systems cannot.
#
# The packages are only unpacked, into a private folder, which then is laid over /usr and /etc in a
# mount namespace.  There the users that they want exist, /run, /var/lib and /var/spool are private, and
# the network is a loopback of its own, which no mail can leave.  With the command all its daemons end,
# and nothing of this was ever seen by the rest of the machine.
set -u

# skip REASON: the whole test, before it has a folder of its own
skip() {
	. "$TESTS/cli/lib.sh"
	skip "$1"
}

package=$1
shift 2
[ "$(id -u)" -eq 0 ] || skip "only root can start this mail system"
for program in apt-get dpkg-deb python3 unshare; do
	command -v $program >/dev/null || skip "$program is not installed"
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-unpack.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$folder"
mkdir -p "$folder/root/usr/lib" "$folder/root/etc" "$folder/root/var/lib" "$folder/rw"

# What apt-get would install, without those that conflict.
download() {
	apt-get -s install -y --no-install-recommends "$package" >"$folder/plan" || return 1
	names=$(awk '/^Inst / { print $2 }' "$folder/plan")
	# shellcheck disable=SC2086
	[ -z "$names" ] || (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download $names)
}
{
	download || { apt-get -qq -o DPkg::Lock::Timeout=300 update && download; }
} >"$folder/log" 2>&1 || skip "$package cannot be had: $(tail -n 1 "$folder/log")"
for file in "$folder"/*.deb; do
	[ ! -e "$file" ] || dpkg-deb -x "$file" "$folder/root" || exit 1
done
[ ! -d "$folder/root/lib" ] || cp -a "$folder/root/lib/." "$folder/root/usr/lib/"

# The users that the packages' own scripts would make, and the one of the snippets.
cp /etc/passwd /etc/group "$folder/root/etc/"
id=65100
for user in tlsrpt Debian-exim opensmtpd opensmtpq; do
	id=$((id + 1))
	grep -q "^$user:" /etc/group || echo "$user:x:$id:" >>"$folder/root/etc/group"
	grep -q "^$user:" /etc/passwd ||
		echo "$user:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>"$folder/root/etc/passwd"
done

cat >"$folder/inside" <<'INSIDE'
folder=$1
shift
overlay() {
	rw=$folder/rw/$1
	mkdir -p "$rw/upper" "$rw/work" &&
		mount -t overlay -o "lowerdir=$folder/root/$1:/$1,upperdir=$rw/upper,workdir=$rw/work" overlay "/$1"
}
empty() {
	mount -t tmpfs -o mode=755 tmpfs "$1"
}
empty "$folder/rw" && overlay usr && overlay etc && empty /run && empty /var/lib && empty /var/spool || {
	echo "cannot mount in a namespace" >"$folder/why"
	exit 77
}
cp -a "$folder/root/var/lib/." /var/lib/
mkdir /run/lock
python3 -c 'import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))' || exit 1
"$@"
exit $?
INSIDE
unshare --mount --net --pid --fork true 2>/dev/null || skip "cannot make namespaces"
status=0
unshare --mount --net --pid --fork --kill-child --mount-proc sh "$folder/inside" "$folder" "$@" || status=$?
[ ! -s "$folder/why" ] || skip "$(cat "$folder/why")"
exit $status
