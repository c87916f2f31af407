"""The kind of cause of a failure row once more: written from what senders say, not from the program's table."""
import re

CERTIFICATE = {"certificate-expired", "certificate-host-mismatch", "certificate-not-trusted"}
MX, HANDSHAKE, CONNECTION = "mx-not-in-policy", "tls-handshake-failure", "connection-failure"
DNS, STS_REQUIRED = "dns-failure", "sts-required"

# What the words mean, where blanks, '-' and '_' are the same; first what tells more.
SPECIFIC = {
    "certificate-expired":
        "cert(ificate)? (has |is )?expired|cert(ificate)? (is )?not (yet valid|valid yet)|certexpired|certnotvalidyet"
        "|uses expired certificate|certificate chain uses not yet valid"
        "|invalid peer certificate: (expired|notvalidyet)",
    "certificate-host-mismatch":
        "certificate host mismatch|certificate is (not valid for any names|valid for)"
        "|(certificate )?not valid for name|certificate relies on legacy common name"
        "|certificate subject does not match|does not match host|certnotvalidforname"
        "|doesn't contain any ip sans|(hostname|ip address) mismatch"
        "|name in the certificate does not match|invalid peer certificate: notvalidforname",
    "certificate-not-trusted":
        "self signed|certificate not trusted|certificate signed by unknown authority|unknownissuer"
        "|unable to get (issuer cert(ificate)?|local issuer)"
        "|unable to verify (leaf signature|the first certificate)",
    "starttls-not-supported":
        "smtp starttls reply code|starttls (is )?not supported|starttls was not advertised",
    "sts-policy-fetch-error":
        "bad https response code|unable to do http request|policy not found|sts policy fetch error",
    "sts-policy-invalid":
        "failed to parse policy|policy syntax error|record syntax error|multiple mta sts records|sts policy invalid",
    "sts-webpki-invalid": "sts webpki invalid",
    "tlsa-invalid":
        "dane no match|no matching (dane tlsa records|certificates found)|invalid tlsa record|tlsa invalid"
        "|all (tlsa records|fingerprints|trust anchors) unusable|all unusable records",
    "dnssec-invalid": "bogus tlsa records|dnssec invalid",
    "dane-required":
        "no tlsa records found for mx|mx host is not in a dnssec signed zone|dane required",
    MX: "(mtasts policy )?mx mismatch|mx hosts mismatch|mx not authorized by policy",
    HANDSHAKE:
        "tls (remote|local) alert|tls remote error|remote error: tls|(tls )?handshake failure|received fatal alert"
        "|handshakefailure|protocol ?version|no shared cipher",
    CONNECTION:
        "eof|unexpected eof|i/o timeout|io timeout during handshake|connection (refused|reset|timed out)"
        "|connection closed during handshake|context deadline exceeded|tls handshake (eof|timeout)|timed out",
    DNS: "(dns extended|extended dns) error 2[23]|no such host|server misbehaving",
    STS_REQUIRED: "mta sts is required",
}
GENERAL = {
    "certificate-not-trusted": "x509|certificate verif(y|ication) failed|invalid (peer )?certificate",
    "dnssec-invalid": "dns extended error|extended dns error",
}
# The kinds that a reason may make of a result type; a type that is not here says it all.
MAY_BECOME = {
    "certificate-not-trusted": CERTIFICATE | {"starttls-not-supported", "tlsa-invalid", HANDSHAKE, CONNECTION},
    "sts-policy-fetch-error": CERTIFICATE | {"sts-policy-invalid", "sts-webpki-invalid"},
    "sts-policy-invalid": {MX},
    "tlsa-invalid": {"dnssec-invalid", DNS},
    "dnssec-invalid": {DNS},
    "validation-failure": set(SPECIFIC),
    "unspecified": set(SPECIFIC),
}
REGISTERED = set(SPECIFIC) - {MX, HANDSHAKE, CONNECTION, DNS, STS_REQUIRED} | {"validation-failure"}


def _meant(text, kinds):
    text = re.sub("[-_]", " ", text).lower()
    for table in SPECIFIC, GENERAL:
        found = [(match.start(), -match.end(), kind) for kind, words in table.items() if kind in kinds
                 for match in re.finditer(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", text)]
        if found:
            return min(found)[2]
    return None


def kind_of(result_type, reason):
    known = result_type in REGISTERED or result_type == "unspecified"
    kind = result_type if known else "validation-failure"
    kinds = MAY_BECOME.get(kind, set())
    meant = _meant(reason, kinds) or (None if known else _meant(result_type, kinds)) or kind
    return "sts-webpki-invalid" if kind == "sts-policy-fetch-error" and meant in CERTIFICATE else meant
