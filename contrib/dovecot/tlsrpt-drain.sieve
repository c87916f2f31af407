# Tries again what could not be stored, and removes what is stored now.  From cron, every hour:
#   sieve-filter -e -W -u tls@example.com /etc/dovecot/sieve/tlsrpt-drain.sieve tlsrpt-failed expunge
# Once before, for it wants the folder: doveadm mailbox create -u tls@example.com tlsrpt-failed
# After tlsrpt-pipe.sieve the folder is INBOX.
# The address is not looked at: a message that waits in a folder has no envelope.
require ["vnd.dovecot.execute"];

if execute :pipe "tlsrpt-ingest" {
	discard;
}
