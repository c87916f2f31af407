"""Keys, words and lines of a report in other spellings than those of RFC 8460.

Written from DEVIATIONS.md and the header files, not from the program's tables: by object, the keys that
belong in it, those of other objects that are read there too, and the variants of each.
"""
import json
import re

from decode import Number, Object

# What each object holds by the RFC; and what besides is read in it.
HOME = {
    "root": ["organization-name", "date-range", "contact-info", "report-id", "policies"],
    "range": ["start-datetime", "end-datetime"],
    "item": ["policy", "summary", "failure-details"],
    "policy": ["policy-type", "policy-string", "policy-domain", "mx-host"],
    "summary": ["total-successful-session-count", "total-failure-session-count"],
    "failure": ["result-type", "sending-mta-ip", "receiving-mx-hostname", "receiving-mx-helo",
                "receiving-ip", "failed-session-count", "additional-information",
                "failure-reason-code"],
}
GUESTS = {
    "root": HOME["range"] + HOME["item"],
    "range": [],
    "item": HOME["policy"] + HOME["summary"],
    "policy": ["summary", "failure-details"] + HOME["summary"],
    "summary": ["failure-details"],
    "failure": [],
}
ORDER = [key for keys in HOME.values() for key in keys]
VARIANTS = {
    "organization-name": "organisationname organization organisation orgname",
    "date-range": "reportdaterange range period",
    "contact-info": "contactinformation contact contactemail",
    "report-id": "reportidentifier id",
    "policies": "reportitems policylist",
    "start-datetime": "start startdate starttime begin begindatetime",
    "end-datetime": "end enddate endtime",
    "policy": "appliedpolicy",
    "summary": "sessionsummary",
    "failure-details": "failuredetail faileddetails failures details",
    "policy-type": "type",
    "policy-string": "policystrings policytext string",
    "policy-domain": "domain",
    "mx-host": "mxhosts mxhostname mxhostnames mxhostpattern mxhostpatterns mxpattern mx",
    "total-successful-session-count":
        "totalsuccesssessioncount totalsuccessfulsessionscount totalsuccessfulsessions"
        " totalsuccessfulcount totalsuccessful successfulsessioncount successfulsessions"
        " successcount successaggregate successful",
    "total-failure-session-count":
        "totalfailuresessionscount totalfailedsessioncount totalfailedsessions"
        " totalfailuresessions totalfailurecount totalfailures failures totalfailure totalfailed"
        " failuresessioncount failedsessioncount failedsessions failuresessions failurecount"
        " failureaggregate failed failure",
    "result-type": "result failuretype type",
    "sending-mta-ip": "sendingip sendingmtaipaddress sendingmta sourceip",
    "receiving-mx-hostname":
        "receivingmxhost receivingmx receivingmtahostname receivinghostname mxhostname",
    "receiving-mx-helo": "receivingmxehlo receivinghelo receivingmtahelo",
    "receiving-ip": "receivingmxip receivingmtaip receivingipaddress",
    "failed-session-count":
        "failedsessionscount failedsessions failuresessioncount failuresessions failedcount"
        " failurecount sessioncount count",
    "additional-information": "additionalinfo additionalinfouri additionalinformationuri",
    "failure-reason-code":
        "failureerrorcode failurereason failurecode reasoncode errorcode reason",
}
POLICY_TYPES = {
    "sts": "mtasts smtpsts smtpmtasts stsv1 mtastspolicy",
    "tlsa": "dane danetlsa tlsarecord tlsarecords smtpdane",
    "no-policy-found": "nopolicy policynotfound none",
}
RESULT_TYPES = {
    "starttls-not-supported": "starttlsunsupported nostarttls starttlsnotoffered",
    "certificate-host-mismatch": "certificatehostnamemismatch certificatenamemismatch"
                                 " certhostmismatch hostnamemismatch",
    "certificate-not-trusted": "certificateuntrusted certnottrusted untrustedcertificate nottrusted",
    "certificate-expired": "certexpired expiredcertificate certificatehasexpired",
    "validation-failure": "validationfailed validationerror validationfailures",
    "sts-policy-fetch-error": "mtastspolicyfetcherror policyfetcherror stspolicyfetchfailed"
                              " stsfetcherror",
    "sts-policy-invalid": "mtastspolicyinvalid policyinvalid stsinvalid invalidstspolicy",
    "sts-webpki-invalid": "mtastswebpkiinvalid webpkiinvalid stswebpkierror",
    "tlsa-invalid": "invalidtlsa tlsarecordinvalid daneinvalid",
    "dnssec-invalid": "invaliddnssec dnssecbogus dnssecfailure",
    "dane-required": "daneisrequired requiredane",
}
FOLDED_MAX = 63


def fold(text):
    """Letters and digits in lower case; "" if it is longer than any name."""
    folded = re.sub(r"[-_ .\t]", "", text)
    folded = re.sub("[A-Z]", lambda m: m[0].lower(), folded)
    return folded if len(folded.encode("utf-8", "surrogateescape")) <= FOLDED_MAX else ""


def meant(place, text):
    """The key that a text means in the object, or None."""
    folded = fold(text)
    if not folded:
        return None
    for key in ORDER:
        if (key in HOME[place] or key in GUESTS[place]) and fold(key) == folded:
            return key
    fits = [key for key in ORDER if folded in VARIANTS[key].split()]
    return next((key for key in fits if key in HOME[place]),
                next((key for key in reversed(fits) if key in GUESTS[place]), None))


def _word(words, text):
    folded = fold(text)
    for word, variants in words.items():
        if folded and (fold(word) == folded or folded in variants.split()):
            return word
    return None


def policy_type(text):
    return _word(POLICY_TYPES, text)


def result_type(text):
    return _word(RESULT_TYPES, text)


def holds(value):
    """Whether a value says anything."""
    return value is not None and (not isinstance(value, (bytes, list, Object)) or len(value) > 0)


def as_json(value):
    """A value as the shortest JSON text, bytes."""
    if isinstance(value, Object):
        return b"{" + b",".join(as_json(key) + b":" + as_json(item)
                                for key, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(as_json, value)) + b"]"
    if isinstance(value, Number):
        return value.text.encode()
    if isinstance(value, bytes):
        escapes = {0x22: b'\\"', 0x5c: b"\\\\", 8: b"\\b", 9: b"\\t", 10: b"\\n", 12: b"\\f",
                   13: b"\\r"}
        return b'"' + re.sub(rb'[\0-\x1f"\\]', lambda m: escapes.get(
            m[0][0], b"\\u%04x" % m[0][0]), value) + b'"'
    return json.dumps(value).encode()


class Members:
    """The members of an object by the keys that are meant."""

    def __init__(self, report, value, path, place):
        self.value, self.path, self.place = value, path, place
        self.spelt, self.taken = {}, set()
        if not isinstance(value, Object):
            return
        names = [key.decode("utf-8", "surrogateescape") for key in value]
        self.spelt = {name: name for name in names if name in HOME[place]}
        for name in names:
            if name in HOME[place]:
                continue
            key, item = meant(place, name), self.at(name)
            better = key is not None and (
                key not in self.spelt or (holds(item) and not self.hold(key)))
            if not better:
                report.find_unknown(path, name, item)
                continue
            self.spelt[key] = name
            if name != key:
                report.add("other-key", report.place(path, name), f"for {key}")

    def at(self, name):
        return self.value[name.encode("utf-8", "surrogateescape")]

    def key(self, key):
        return self.spelt.get(key, key)

    def hold(self, key):
        return key in self.spelt and holds(self.at(self.spelt[key]))

    def find_rest(self, report):
        for key in ORDER:
            if key in self.spelt and key in GUESTS[self.place] and key not in self.taken:
                report.find_unknown(self.path, self.spelt[key], self.at(self.spelt[key]))


# --- lines

BLANKS = " \t\n\r\f"


def _trimmed(pieces, around=BLANKS):
    for piece in pieces:
        piece = piece.strip(around)
        if piece:
            yield re.sub("[\0-\x1f\x7f]", " ", piece)


def split(kind, text):
    """The lines that a text is; kind is sts, tlsa, names or other."""
    if kind != "other":
        text = re.sub(r"\\[nr]", "\n", text)
    text = re.sub("[\0-\x09\x0b\x0c\x0e-\x1f\x7f]", " ", text)
    lines, open_, start = [], 0, 0
    for at, character in enumerate(text):
        if kind == "tlsa":
            open_ += (character == "(") - (character == ")")
        if character in "\n\r" and open_ <= 0:
            lines.append(text[start:at])
            start = at + 1
    lines.append(text[start:])
    return [piece for line in lines for piece in _SPLIT[kind](line)]


def _split_sts(line):
    starts = [0] + [m.start() for m in re.finditer(
        r"(?<=[ \t,;])(?:version|mode|max_age|mx)[ \t]*:", line, re.I | re.A)]
    starts = sorted(set(starts))
    if len(starts) == 1:
        return list(_trimmed([line]))
    return list(_trimmed([line[a:b] for a, b in zip(starts, starts[1:] + [len(line)])],
                         BLANKS + ",;"))


def _split_tlsa(line):
    pieces, start = [], 0
    for at, character in enumerate(line):
        before = line[start:at].upper()
        if character == ";" and ("TLSA " in before or "TYPE52 " in before):
            return list(_trimmed(pieces + [line[start:at]]))
        if character in ",;":
            pieces.append(line[start:at])
            start = at + 1
    return list(_trimmed(pieces + [line[start:]]))


def _split_names(line):
    only_names = all("." in word for word in line.split(" ") if word)
    return list(_trimmed(re.split("[,; \t]" if only_names else "[,;]", line), BLANKS + "[]\"'"))


_SPLIT = {"sts": _split_sts, "tlsa": _split_tlsa, "names": _split_names,
          "other": lambda line: list(_trimmed([line]))}


def member_line(kind, key, value):
    if kind == "sts" and key.lower() in ("max-age", "maxage"):
        key = "max_age"
    elif kind == "sts" and key.lower() in ("mxs", "mx-host", "mx_host", "mx-hosts", "mx_hosts"):
        key = "mx"
    return f"{key}: {value}"


def zone_data(line):
    """The data of a TLSA record in a line of a zone file; None for any other line."""
    plain = re.sub("[()]", " ", line)
    words = [word for word in re.split("[ \t\r]+", plain) if word]
    start = next((at + 1 for at, word in enumerate(words[:4]) if word.upper() in ("TLSA", "TYPE52")),
                 0)
    if start == 0 and plain == line:
        return None
    data = words[start:]
    if len(data) > 2 and data[0] == "\\#":
        digits = "".join(data[2:]).lower()
        if not re.fullmatch("([0-9a-f]{2}){4,}", digits):
            return None
        return "{} {} {} {}".format(*(int(digits[i:i + 2], 16) for i in (0, 2, 4)), digits[6:])
    return " ".join(data[:3] + ["".join(data[3:])]) if len(data) > 3 else None
