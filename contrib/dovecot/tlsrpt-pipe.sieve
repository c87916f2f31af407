# The shorter form, for a mailbox that gets nothing but reports: what could not be stored goes to its
# INBOX, to be emptied by tlsrpt-drain.sieve.  Not "pipe :try": that loses it.
require ["envelope", "vnd.dovecot.pipe"];

if envelope "to" "tls@example.com" {
	pipe "tlsrpt-ingest";
	stop;
}
