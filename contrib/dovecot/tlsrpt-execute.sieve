# Recommended: what could not be stored goes to a folder of its own, to be emptied by
# tlsrpt-drain.sieve.  "execute" is true only if the exit status is 0.
require ["envelope", "fileinto", "mailbox", "vnd.dovecot.execute"];

if envelope "to" "tls@example.com" {
	if execute :pipe "tlsrpt-ingest" {
		discard;
		stop;
	}
	fileinto :create "tlsrpt-failed";
	stop;
}
