#!/bin/sh
# The page behind nginx and lighttpd, each with its snippet, in the directory that the unit of contrib/systemd
# makes: who may see it, the headers, and that a browser takes the page under the policy of the header.
. "$TESTS/mta/lib.sh"

PATH=$PATH:/usr/sbin
snippets=$SOURCE/contrib/page
need nginx lighttpd curl openssl
need_root
tlsrpt_user
cp "$BIN/tlsrpt" bin/
cat "$DATA"/mail/good/google-2026-11-14-certificate-expired.eml | "$INGEST" -q -c empty.conf --db "$DB" || exit 1

# --- the page, as the unit has it made
# unit KEY: the value in the unit, with the paths of this test
unit() {
	sed -n "s/^$1=+\{0,1\}//p" "$SOURCE/contrib/systemd/tlsrpt-page.service" | sed "s,/var/lib/tlsrpt-page,$WORK/page,"
}
run sh -c "$(unit ExecStartPre)"
is "$code$(cat err)" 0 "the directory is made"
run as_user PATH="$WORK/bin:/usr/bin:/bin" TLSRPT_DB="$DB" sh -c "umask $(unit UMask) && $(unit ExecStart) --config $WORK/empty.conf"
is "$code$(cat err)" 0 "the page is written"
is "$(stat -c '%U:%G %a' page page/index.html | tr '\n' ' ')" "tlsrpt:www-data 2750 tlsrpt:www-data 640 " "with the group of the web server"
run as_user PATH="$WORK/bin:/usr/bin:/bin" TLSRPT_DB="$DB" sh -c "umask $(unit UMask) && $(unit ExecStart) --config $WORK/empty.conf"
is "$code$(cat err) $(stat -c '%U:%G %a' page/index.html) $(ls page)" "0 tlsrpt:www-data 640 index.html" "and again"
# as USER COMMAND...
as() {
	account=$1
	shift
	setpriv --reuid "$account" --regid "$account" --clear-groups "$@" 2>/dev/null
}
as www-data cmp -s page/index.html page/index.html
ok $? "the web server can read it"
! as www-data sh -c 'echo >>page/index.html || echo >page/new || rm -f page/index.html'
ok $? "and not write it"
! as nobody cat page/index.html >/dev/null
ok $? "and nobody else can read it"

# --- the snippets, with the paths of this test
hash=$(sed -n "s/.*style-src '\(sha256-[^']*\)'.*/\1/p" page/index.html)
POLICY="default-src 'none'; style-src '$hash'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
printf 'postmaster:%s\n' "$(openssl passwd -apr1 secret)" >htpasswd
# Own network: this address, and 127.0.0.2 is a stranger's.
paths="s,192.0.2.0/24,127.0.0.1/32,; s,/etc/[a-z]*/tlsrpt.htpasswd,$WORK/htpasswd,; s,/var/lib/tlsrpt-page,$WORK/page,"

has_browser() {
	command -v chromium-headless-shell chromium >/dev/null
}
# get PATH [CURL-OPTION...]: the status, and with the headers in ./head
get() {
	path=$1
	shift
	curl -s -m 20 --path-as-is -D head -o body -w '%{http_code}' "$@" "http://127.0.0.1:$PORT$path"
}
# header NAME: its value
header() {
	tr -d '\r' <head | sed -n "s/^$1: //Ip"
}
# headers STATUS NAME: those of an answer
headers() {
	is "$1 $(header Content-Security-Policy)" "200 $POLICY" "$2: the policy"
	is "$(header X-Content-Type-Options), $(header Referrer-Policy), $(header Cache-Control), $(header X-Robots-Tag)" \
		"nosniff, no-referrer, private, no-cache, noindex" "$2: the other headers"
	is "$(header Content-Type | tr -d ' ')" "text/html;charset=utf-8" "$2: the type"
}
# all_cases NAME: the same for each server
all_cases() {
	headers "$(get /tls/)" "$1"
	cmp -s body page/index.html
	ok $? "$1: it is the page"
	headers "$(get /tls/index.html)" "$1, by name"
	is "$(get /tls/ -H "If-None-Match: $(header ETag)")" 304 "$1: not sent again while it is the same"
	is "$(get /tls/ --interface 127.0.0.2)" 401 "$1: not for a stranger"
	is "$(get /tls/ --interface 127.0.0.2 -u postmaster:wrong)" 401 "$1: nor with a wrong password"
	is "$(get /tls/ --interface 127.0.0.2 -u postmaster:secret)" 200 "$1: but with the right one"
	for path in /tls../store/tlsrpt.db /tls/../store/tlsrpt.db /tls/%2e%2e/store/tlsrpt.db /tls/..%2fstore/tlsrpt.db; do
		matches "$(get "$path")" '^4' "$1: nothing beside it: $path"
	done
	matches "$(get /tls/ -X PUT --data-binary x)" '^[45]' "$1: nothing can be put there"
	if ! has_browser; then
		skip_part "$1: in a browser" "there is none"
		return
	fi
	run python3 "$TESTS/page/served.py" "$WORK/page" "http://127.0.0.1:$PORT/tls/"
	is "$code$(cat err)
$(cat out)" "0
the page: nothing
without its own policy: nothing
and with a style of an element: style-src-attr inline
and with another style: style-src-elem inline, no style is in force
and with a script: script-src-elem inline
and with a picture of the server: img-src x.png" "$1: a browser takes the page, and the header forbids what is planted"
	rm -f page/[!i]*.html
}

# --- nginx
PORT=$(free_port)
mkdir nginx
sed "$paths" "$snippets/nginx.conf" >nginx/tlsrpt.conf
cat >nginx/nginx.conf <<CF
daemon off;
user www-data;
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
	include /etc/nginx/mime.types;
	server {
		listen 127.0.0.1:$PORT;
		root $WORK/www;
		include $WORK/nginx/tlsrpt.conf;
		location /own/ {
			alias $WORK/own/;
			add_header Content-Security-Policy "default-src 'self'";
		}
	}
}
CF
nginx -c "$WORK/nginx/nginx.conf" >nginx.log 2>&1 9>&- &
echo $! >nginx.pid
at_end "stop_pid_file nginx.pid"
wait_for 10 listens "$PORT" || { sed 's/^/# /' nginx.log; exit 1; }
all_cases nginx
# A server with a policy of its own, which takes style sheets and no style in a page: that is what --css is for.
mkdir own
chown tlsrpt own
as_user "$WORK/bin/tlsrpt" page --config "$WORK/empty.conf" --db "$DB" --output own/linked.html --css tlsrpt.css
cp page/index.html own/whole.html
chmod 644 own/*
if has_browser; then
	run python3 "$TESTS/page/served.py" "http://127.0.0.1:$PORT/own/linked.html" "http://127.0.0.1:$PORT/own/whole.html"
	is "$code$(cat err) $(paste -s -d '|' out)" "0 nothing|style-src-elem inline, no style is in force" \
		"a policy of the server's own takes the page with --css, and not the one without"
fi
stop_pid_file nginx.pid

# --- lighttpd
PORT=$(free_port)
mkdir lighttpd www
chown www-data lighttpd
{
	cat <<CF
server.bind = "127.0.0.1"
server.port = $PORT
server.document-root = "$WORK/www"
server.username = "www-data"
server.groupname = "www-data"
server.upload-dirs = ("$WORK/lighttpd")
server.errorlog = "$WORK/lighttpd/error.log"
CF
	sed "$paths" "$snippets/lighttpd.conf"
} >lighttpd.conf
lighttpd -D -f "$WORK/lighttpd.conf" >lighttpd.log 2>&1 9>&- &
echo $! >lighttpd.pid
at_end "stop_pid_file lighttpd.pid"
wait_for 10 listens "$PORT" || { sed 's/^/# /' lighttpd.log; exit 1; }
all_cases lighttpd
clean_up
finish
