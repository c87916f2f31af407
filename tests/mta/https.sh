#!/bin/sh
# Reports by HTTPS: nginx with TLS, and lighttpd, each with its snippet, and fcgiwrap as its units have
# it: as the owner of the store, whatever user the web server has.
. "$TESTS/mta/lib.sh"

PATH=$PATH:/usr/sbin
need nginx fcgiwrap lighttpd curl openssl
need_root
tlsrpt_user
printf '[ingest]\ndeadline=2s\n[limits]\nmessage=1M\nreport=1M\n' >short.conf
CGI=$WORK/bin/tlsrpt-report
sed "s,^exec /usr/bin/tlsrpt-ingest,exec $COMMAND," "$SOURCE/contrib/https/tlsrpt-report" >"$CGI"
chmod 755 "$CGI"

# unit KIND KEY: the value in a unit
unit() {
	sed -n "s/^$2=//p" "$SOURCE/contrib/systemd/tlsrpt-fcgiwrap.$1"
}

GZIP=application/tlsrpt+gzip
JSON=application/tlsrpt+json
# post FILE TYPE [CURL-OPTION...]: the status in $status, the header in ./head
post() {
	file=$1 type=$2
	shift 2
	status=$(curl -s -m 20 -D head -o body -w '%{http_code}' -H "Content-Type: $type" \
		--data-binary "@$file" "$@" "$URL")
}
json_report() {
	report "$1" | sed -n '/^{/,/^$/p'
}
json_report one >one.json
gzip -nc one.json >one.gz
json_report two >two.json
{ json_report large && head -c 1500000 /dev/zero | tr '\0' ' '; } >large.json
{ echo '<html>' && head -c 5000 /dev/zero; } >garbage

# all_cases NAME: the same for each server
all_cases() {
	post one.gz $GZIP
	is "$status $(contents)" "201 1 -" "$1: gzip is stored"
	is "$(sql 'SELECT auth, submitter IS NULL FROM reports')" "https|1" "$1: and marked"
	post one.gz $GZIP
	is "$status $(contents)" "200 1 -" "$1: again, 200"
	post two.json "$JSON; charset=utf-8"
	is "$status $(contents)" "201 2 -" "$1: JSON is stored"
	json_report chunked >chunked.json
	post chunked.json $JSON -H 'Transfer-Encoding: chunked'
	is "$status $(contents)" "201 3 -" "$1: chunked, without Content-Length"

	status=$(curl -s -m 20 -D head -o body -w '%{http_code}' "$URL")
	is "$status $(tr -d '\r' <head | grep -i '^allow:')" "405 Allow: POST" "$1: GET"
	post one.gz $GZIP -X PUT
	is "$status" 405 "$1: PUT"
	post one.gz text/plain
	is "$status" 415 "$1: another type"
	post one.gz ""
	is "$status" 415 "$1: no type"
	is "$(contents)" "3 -" "$1: nothing of that is stored"

	post large.json $JSON
	is "$status" 413 "$1: larger than the limit"
	post garbage $GZIP
	is "$status $(contents)" "400 3 not-json" "$1: garbage is refused, and kept"
	report mail >mail.eml
	{ echo "Authentication-Results: mx.example.com; dkim=pass header.d=sender.example"; cat mail.eml; } >posted.eml
	post posted.eml $GZIP
	is "$status $(contents)" "400 3 not-json,not-json" "$1: a message is no report here"
	is "$(grep -c . body)" 1 "$1: the answer is one line"
	plain=$URL
	URL="$URL?--dry-run"
	post one.gz $GZIP
	URL=$plain
	is "$status" 200 "$1: a query string changes nothing"

	json_report locked >locked.json
	lock_store
	post locked.json $JSON
	is "$status $(tr -d '\r' <head | grep -i '^retry-after:')" "503 Retry-After: 300" "$1: a locked store"
	unlock_store
	post locked.json $JSON
	is "$status" 201 "$1: and then it is stored"

	program missing
	json_report missing >missing.json
	post missing.json $JSON
	matches "$status" '^5' "$1: no program is a 5xx"
	program fault parsing:segv
	post missing.json $JSON
	is "$status $(sql "SELECT count(*) FROM quarantined WHERE reason = 'crashed'")" "400 1" "$1: what kills the parser is kept"
	program real

	before=$(reports)
	for i in $(seq 30); do
		json_report "burst-$i" >"burst-$i.json"
	done
	seq 30 | xargs -P 30 -I N curl -s -m 30 -o /dev/null -w '%{http_code}\n' \
		-H 'Content-Type: application/tlsrpt+json' --data-binary @burst-N.json "$URL" >codes
	is "$(sort codes | uniq -c | tr -s ' ')" " 30 201" "$1: thirty at once"
	is "$(($(reports) - before))" 30 "$1: are all stored"
}

# --- nginx
PORT=$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	-keyout key.pem -out cert.pem 2>/dev/null
mkdir nginx
cat >nginx/nginx.conf <<CF
daemon off;
user $(unit socket SocketUser);
pid $WORK/nginx/pid;
error_log $WORK/nginx/error.log;
events {}
http {
	access_log off;
	client_body_temp_path $WORK/nginx/body;
	fastcgi_temp_path $WORK/nginx/fastcgi;
	proxy_temp_path $WORK/nginx/proxy;
	uwsgi_temp_path $WORK/nginx/uwsgi;
	scgi_temp_path $WORK/nginx/scgi;
	include $WORK/nginx/tlsrpt.conf;
}
CF
sed "s,listen 443,listen 127.0.0.1:$PORT,; s,/etc/ssl/certs/.*pem,$WORK/cert.pem,; s,/etc/ssl/private/.*key,$WORK/key.pem,
	s,/usr/lib/cgi-bin/tlsrpt-report,$CGI,; s,/run/tlsrpt-fcgiwrap.socket,$WORK/run/socket," \
	"$SOURCE/contrib/https/nginx.conf" >nginx/tlsrpt.conf
# What systemd does with the units: the socket, and whom it belongs to; then the service with it, as
# its user.  The workers of fcgiwrap outlive it, so it has a process group of its own.
cat >activate.py <<'PY'
import os, pwd, shlex, socket, sys
path, socket_user, mode, user, umask, command, pid_file = sys.argv[1:]
os.setpgid(0, 0)
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
os.chmod(path, int(mode, 8))
os.chown(path, pwd.getpwnam(socket_user).pw_uid, -1)
listener.listen()
with open(pid_file, "w") as file:
    file.write(str(os.getpid()))
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
account = pwd.getpwnam(user)
os.setgroups([])
os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
os.umask(int(umask, 8))
words = shlex.split(command)
os.execve(words[0], words, {"PATH": "/usr/bin:/bin", "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())})
PY
stop_fcgiwrap() {
	[ -s "$WORK/run/fcgiwrap.pid" ] || return 0
	kill -- "-$(cat "$WORK/run/fcgiwrap.pid")" 2>/dev/null
	rm -f "$WORK/run/fcgiwrap.pid"
}
is "$(unit service User)" tlsrpt "fcgiwrap runs as the owner of the store"
python3 activate.py "$WORK/run/socket" "$(unit socket SocketUser)" "$(unit socket SocketMode)" \
	"$(unit service User)" "$(unit service UMask)" "$(unit service ExecStart)" "$WORK/run/fcgiwrap.pid" \
	>fcgiwrap.log 2>&1 9>&- &
at_end stop_fcgiwrap
nginx -c "$WORK/nginx/nginx.conf" >nginx.log 2>&1 9>&- &
echo $! >nginx.pid
at_end "stop_pid_file nginx.pid"
wait_for 10 listens "$PORT" && wait_for 10 test -S run/socket || { sed 's/^/# /' nginx.log fcgiwrap.log; exit 1; }
URL=https://127.0.0.1:$PORT/v1/tlsrpt
echo "cacert = $WORK/cert.pem" >curlrc
export CURL_HOME=$WORK
cp curlrc .curlrc
all_cases nginx
stop_pid_file nginx.pid

# --- lighttpd
rm -f "$DB" "$DB-wal" "$DB-shm" "$DB-lock"
rm .curlrc
PORT=$(free_port)
mkdir lighttpd www
chown "$(unit socket SocketUser)" lighttpd
cat >lighttpd.conf <<CF
server.bind = "127.0.0.1"
server.port = $PORT
server.document-root = "$WORK/www"
server.username = "$(unit socket SocketUser)"
server.groupname = "$(id -gn "$(unit socket SocketUser)")"
server.upload-dirs = ("$WORK/lighttpd")
server.errorlog = "$WORK/lighttpd/error.log"
CF
sed "s,/usr/lib/cgi-bin/tlsrpt-report,$CGI,; s,/run/tlsrpt-fcgiwrap.socket,$WORK/run/socket," "$SOURCE/contrib/https/lighttpd.conf" >>lighttpd.conf
lighttpd -D -f "$WORK/lighttpd.conf" >lighttpd.log 2>&1 9>&- &
echo $! >lighttpd.pid
at_end "stop_pid_file lighttpd.pid"
wait_for 10 listens "$PORT" || { sed 's/^/# /' lighttpd.log; exit 1; }
URL=http://127.0.0.1:$PORT/v1/tlsrpt
all_cases lighttpd

# --- whom to believe
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\nrequire-auth=true\n' >short.conf
json_report required >required.json
post required.json $JSON
is "$status $(sql "SELECT count(*) FROM quarantined WHERE reason = 'unauthenticated'")" "400 1" "require-auth: what comes by HTTPS is kept apart"
printf '[ingest]\ntrusted-authserv-ids=mx.example.com\nrequire-auth=true\naccept-https=true\n' >short.conf
post required.json $JSON
is "$status" 201 "accept-https: but for this"

# --- by hand: the environment is all there is
run env -i REQUEST_METHOD=POST CONTENT_TYPE=application/tlsrpt+json CONTENT_LENGTH=10 $COMMAND --cgi <one.json
matches "$code $(head -1 out)" '^0 Status: 400 ' "no more is read than Content-Length"
run env -i REQUEST_METHOD=POST CONTENT_TYPE=application/tlsrpt+json CONTENT_LENGTH=99999 $COMMAND --cgi <one.json
matches "$code $(head -1 out)" '^0 Status: 503 ' "a body that is shorter"
run env -i REQUEST_METHOD=POST CONTENT_TYPE=application/tlsrpt+json CONTENT_LENGTH=-1 $COMMAND --cgi <one.json
matches "$code $(head -1 out)" '^0 Status: 400 ' "a length that makes no sense"
run env -i REQUEST_METHOD=POST "$INGEST" -c /nonexistent.conf --cgi <one.json
matches "$code $(head -1 out)" '^0 Status: 503 ' "no configuration"
run env -i "$INGEST" -c "$WORK/empty.conf" --cgi --dry-run <one.json
matches "$code $(head -1 out)" '^0 Status: 503 ' "a wrong option"
clean_up
finish
