#!/bin/sh
# private.sh COMMAND...: runs it as root in a private copy of this machine, in which packages can be
# installed and removed, and mail systems set up: whatever is written goes to memory and is gone with the
# command and all that it left running.  The network is a loopback of its own.  No systemd runs there.
# A package of ours that the machine has, its user, configuration and store are not in the copy.
set -u

# skip REASON: the whole test, before it has a folder of its own
skip() {
	. "$TESTS/cli/lib.sh"
	skip "$1"
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a private copy of the machine"
unshare --mount --net --pid --ipc --fork true 2>/dev/null || skip "cannot make namespaces"
folder=$(mktemp -d "${TMPDIR:-/tmp}/tlsrpt-private.XXXXXX")
trap 'rmdir "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck disable=SC2016
inside='
set -e
folder=$1
shift
mount -t tmpfs -o mode=755 tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,ro,bind proc/sys
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs tmp
for place in "$SOURCE" "$BIN"; do
	mkdir -p ".$place"
	mount --bind "$place" ".$place"
done
mount -t tmpfs -o mode=755 tmpfs run
mkdir -m 1777 run/lock
mkdir .machine
pivot_root . .machine
cd /
umount -l /.machine
rmdir /.machine
printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# There is no network to get packages from.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
# Faster: nothing need outlast a power failure, and nobody looks for manuals.
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/private
rm -f /var/lib/man-db/auto-update
export DEBIAN_FRONTEND=noninteractive TMPDIR=/tmp
# Those made on the other Debian may be installed.
ours=$(dpkg-query -W -f "\${Package} " tlsrpt-ingest tlsrpt-ingest-pgsql 2>/dev/null) || :
[ -z "$ours" ] || dpkg --purge $ours >/dev/null
! id tlsrpt >/dev/null 2>&1 || userdel tlsrpt
rm -rf /var/lib/tlsrpt /etc/tlsrpt.conf
python3 -c "import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack(\"16sh\", b\"lo\", IFF_UP))"
set +e
"$@"
exit $?
'
unshare --mount --net --pid --ipc --fork --kill-child --propagation private sh -c "$inside" inside "$folder" "$@"
