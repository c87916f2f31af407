"""One report once more from its bytes and what stood beside it: its rows, findings and identity.

Written from the description of the store and of the findings, not from the program's tables.
"""
import datetime
import hashlib
import re
import socket

from decode import Number, Object, parse, NotJson

COUNT_MAX = 2**53
STRING_MAX, LINES_MAX, FINDINGS_MAX, INCIDENTS_MAX = 4096, 65536, 200, 200
DAY = 86400
MANY, UNSPECIFIED = "(many)", "unspecified"
STRIPPED = " \t\n\f\r"

POLICY_TYPES = {"sts", "tlsa", "no-policy-found"}
RESULT_TYPES = set(
    "starttls-not-supported certificate-host-mismatch certificate-not-trusted certificate-expired"
    " validation-failure sts-policy-fetch-error sts-policy-invalid sts-webpki-invalid tlsa-invalid"
    " dnssec-invalid dane-required".split())
GZIP_TYPES = {"application/tlsrpt+gzip", "application/gzip", "application/x-gzip",
              "application/gzip-compressed", "application/gzipped", "application/x-gunzip",
              "gzip/document"}


class Context:
    """What the message said beside the report; what is unknown is None, sent_at then 0."""

    def __init__(self, **known):
        self.from_domain = self.report_domain = self.submitter = None
        self.subject = self.file_name = self.media_type = self.auth = self.auth_domain = None
        self.sent_at = self.received_at = 0
        self.is_report = self.is_gzip = False
        self.gzip_trailing = 0
        self.__dict__.update(known)

    def speaks_for(self):
        return self.submitter or self.from_domain


class Failure:
    pass


class Policy:
    def __init__(self, index):
        self.index = index  # in the JSON
        self.type = self.domain = self.text = self.mx_hosts = ""
        self.successful = self.failed = 0
        self.failures = []


# --- text

def make_valid(data):
    """UTF-8 with U+FFFD for each byte that is none."""
    return re.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", "surrogateescape"))


def is_valid(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def cut(text, limit):
    return text.encode()[:limit].decode("utf-8", "ignore")


def has_control_characters(text):
    return re.search("[\0-\x1f\x7f-\x9f]", text) is not None


def hostname(name):
    """A name in stored form, or None."""
    try:
        ascii_name = name.lower() if name.isascii() else name.encode("idna").decode().lower()
    except UnicodeError:
        return None
    ascii_name = ascii_name.removesuffix(".")
    good = re.fullmatch(r"[a-z0-9._*-]*[a-z0-9_*-]", ascii_name) and len(ascii_name) <= 253
    return ascii_name if good else None


def type_name(value):
    names = {type(None): "null", bool: "boolean", Number: "number", Object: "object",
             list: "array", bytes: "string"}
    return names[type(value)]


# --- identity

def _canonical_number(number):
    if number.integer is not None:
        return str(number.integer)
    real = number.real
    if abs(real) <= COUNT_MAX and real % 1 == 0:
        return str(int(real))
    return "%.17g" % real


def _canonical_string(data):
    return b'"' + re.sub(rb'[\0-\x1f"\\]', lambda m: b"\\u%04x" % ord(m[0]), data) + b'"'


def canonical(value):
    if isinstance(value, Object):
        return b"{" + b",".join(_canonical_string(key) + b":" + canonical(value[key])
                                for key in sorted(value)) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, bytes):
        return _canonical_string(value)
    if isinstance(value, Number):
        return _canonical_number(value).encode()
    return {None: b"null", True: b"true", False: b"false"}[value]


# --- times

def time_text(at):
    try:
        time = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=at)
    except OverflowError:
        return str(at)
    return time.isoformat() + "Z"


def day_text(day):
    return time_text(day * DAY)[:10]


_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?([Zz]|([+-])(\d\d)(?::?(\d\d))?)?")


def parse_date_time(text):
    """Seconds since 1970 and the finding; or None."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return int(_utc(text, 0, 0, 0)), "date-only"
        match = _DATE_TIME.fullmatch(text)
        if not match:
            return None
        date, hour, minute, second, zone, sign, hours, minutes = match.groups()
        offset = (int(hours) * 3600 + int(minutes or 0) * 60) if sign else 0
        at = _utc(date, int(hour), int(minute), int(second)) - (
            offset if sign == "+" else -offset)
        return int(at), None if zone else "no-zone"
    except ValueError:
        return None


def _utc(date, hour, minute, second):
    day = datetime.date.fromisoformat(date)
    time = datetime.datetime(day.year, day.month, day.day, hour, minute, second)
    return (time - datetime.datetime(1970, 1, 1)).total_seconds()


def is_time(at):
    """Whether the days around it are of the years 1 to 9999 too."""
    return -62135596800 + DAY <= at <= 253402300799 - DAY


# --- the report

class Report:
    """After parse_json() and check(): what the store is to say of it."""

    def __init__(self):
        self.findings, self.left_out = [], 0  # findings are [path, code, detail]
        self.organization = self.report_id = self.contact_info = ""
        self.start_at = self.end_at = None
        self.policies = []

    def add(self, code, path, detail="", certain=False):
        if len(self.findings) >= FINDINGS_MAX and not certain:
            self.left_out += 1
        else:
            self.findings.append([path, code, detail])

    def say_taken(self, path, detail):
        for finding in self.findings:
            if finding[0] == path:
                finding[2] = detail
                return

    # Getters: the value under a key, clean, with its findings.

    def get(self, parent, key, path, expected=True):
        if key.encode() not in parent:
            if expected:
                self.add("missing", f"{path}.{key}")
            return None
        value = parent[key.encode()]
        if value is None:
            self.add("null", f"{path}.{key}")
        return value

    def wrong_type(self, value, wanted, path, ignored):
        self.add("wrong-type", path,
                 f"{type_name(value)} for {wanted}{', ignored' if ignored else ''}")

    def clean(self, data, path):
        if b"\0" in data:
            self.add("nul", path)
            data = data.replace(b"\0", b"")
        if not is_valid(data):
            self.add("invalid-utf8", path)
        text = make_valid(data)
        length = len(text.encode())
        if length > STRING_MAX:
            self.add("cut", path, f"{length} bytes")
            text = cut(text, STRING_MAX)
        return text

    def string(self, parent, key, path, expected=True):
        value = self.get(parent, key, path, expected)
        path = f"{path}.{key}"
        if value is None:
            return ""
        if isinstance(value, Number):
            self.wrong_type(value, "string", path, False)
            return self.number_text(value, path)
        if not isinstance(value, bytes):
            self.wrong_type(value, "string", path, True)
            return ""
        if not value:
            self.add("empty", path)
            return ""
        text = self.clean(value, path)
        stripped = text.strip(STRIPPED)
        if stripped != text:
            self.add("white-space", path)
        if has_control_characters(stripped):
            self.add("control-characters", path)
        return stripped

    def number_text(self, number, path):
        if len(number.text) > STRING_MAX:
            self.add("cut", path, f"{len(number.text)} bytes")
        return number.text[:STRING_MAX]

    def count(self, parent, key, path):
        value = self.get(parent, key, path)
        path = f"{path}.{key}"
        if value is None:
            return 0
        if value == b"":
            self.add("empty", path)
            return 0
        if isinstance(value, bytes):
            number = _number_in(value)
            if number is None:
                self.add("not-a-number", path)
                return 0
            self.wrong_type(value, "number", path, False)
            return self.in_range(number, "", number % 1 != 0, path)
        if not isinstance(value, Number):
            self.wrong_type(value, "number", path, True)
            return 0
        if value.real != value.real:  # NaN
            self.add("not-a-number", path)
            return 0
        exact = value.integer if value.integer is not None else value.real
        return self.in_range(exact, value.text[:STRING_MAX], value.integer is None, path)

    def in_range(self, number, text, is_fraction, path):
        if not 0 <= number <= COUNT_MAX:
            self.add("out-of-range", path, text)
            return 0
        if is_fraction:
            self.add("not-integer", path, text)
        return int(number)

    def object(self, parent, key, path, expected=True):
        value = self.get(parent, key, path, expected)
        if value is None or isinstance(value, Object):
            return value
        self.wrong_type(value, "object", f"{path}.{key}", True)
        return None

    def objects(self, parent, key, path, expected=True):
        """The objects of a list with their places; None if there is no list."""
        value = self.get(parent, key, path, expected)
        if value is None:
            return None
        if isinstance(value, Object):
            self.wrong_type(value, "array", f"{path}.{key}", False)
            value = [value]
        elif not isinstance(value, list):
            self.wrong_type(value, "array", f"{path}.{key}", True)
            return None
        return self.each_object(value, f"{path}.{key}")

    def each_object(self, elements, path):
        if not elements and path == "$.policies":
            self.add("empty", path)
        for index, element in enumerate(elements):
            if isinstance(element, Object):
                yield index, element, f"{path}[{index}]"
            else:
                self.add("wrong-type", f"{path}[{index}]", "not an object, ignored")

    def lines(self, parent, key, path, expected, unwraps=False):
        value = self.get(parent, key, path, expected)
        path = f"{path}.{key}"
        if value is None:
            return ""
        if value in ([], b""):
            self.add("empty", path)
            return ""
        if not isinstance(value, list):
            self.wrong_type(value, "array", path, not isinstance(value, bytes))
            if not isinstance(value, bytes):
                return ""
            value = [value]
        array = _array_in(value) if unwraps else None
        if array is not None:
            self.add("json-in-string", path)
            value = array
        return self.join(value, path)

    def join(self, elements, path):
        result, size, had_space, is_cut = [], 0, False, False
        for element in elements:
            if isinstance(element, Number):
                self.wrong_type(element, "string", path, False)
                text = self.number_text(element, path)
            elif isinstance(element, bytes):
                text = self.clean(element, path)
            else:
                self.wrong_type(element, "string", path, True)
                continue
            text = re.sub("[\0-\x1f\x7f]", " ", text)
            had_space |= text != text.strip(STRIPPED)
            text = text.strip(STRIPPED)
            longer = size + len(text.encode()) + bool(result)
            if text and longer > LINES_MAX:
                is_cut = True
            elif text:
                size = longer
                result.append(text)
        if had_space:
            self.add("white-space", path)
        if is_cut:
            self.add("cut", path, "lines left out")
        return "\n".join(result)

    def spelling(self, parent, key, others, path):
        for other in others if key.encode() not in parent else ():
            if other.encode() in parent:
                self.add("other-key", f"{path}.{other}", f"for {key}")
                return other
        return key

    # The parts of a report, in the order in which their findings come.

    def parse_json(self, data):
        if data[:3] == b"\xef\xbb\xbf":
            self.add("bom", "$")
            data = data[3:]
        root, rest = parse(data, lambda path: self.add(
            "duplicate-key", make_valid(path[:STRING_MAX])))
        rest = rest.lstrip(b" \t\n\r")
        if rest:
            self.add("trailing-bytes", "$", f"{len(rest)} bytes")
        self.organization = self.string(root, "organization-name", "$")
        self.parse_range(root)
        self.contact_info = self.string(root, "contact-info", "$")
        self.report_id = self.string(root, "report-id", "$")
        for index, item, path in self.objects(root, "policies", "$") or ():
            self.policies.append(self.parse_policy(index, item, path))
        return root

    def parse_range(self, root):
        dates = self.object(root, "date-range", "$")
        if dates is not None:
            self.start_at = self.parse_time(dates, "start-datetime")
            self.end_at = self.parse_time(dates, "end-datetime")

    def parse_time(self, dates, key):
        path, value = f"$.date-range.{key}", dates.get(key.encode())
        if isinstance(value, Number) and value.integer is not None:
            self.add("epoch-number", path)
            if is_time(value.integer):
                return value.integer
            self.add("bad-date", path)
            return None
        text = self.string(dates, key, "$.date-range")
        if not text:
            return None
        time = parse_date_time(text)
        if time is None:
            self.add("bad-date", path, text)
            return None
        if time[1]:
            self.add(time[1], path, text)
        if not is_time(time[0]):
            self.add("bad-date", path, text)
            return None
        return time[0]

    def parse_policy(self, index, item, path):
        policy = Policy(index)
        itself = self.object(item, "policy", path)
        if itself is not None:
            self.parse_policy_itself(policy, itself, path + ".policy")
        summary = self.object(item, "summary", path)
        if summary is not None:
            policy.successful = self.count(
                summary, "total-successful-session-count", path + ".summary")
            policy.failed = self.count(summary, "total-failure-session-count", path + ".summary")
        for row, element, where in self.objects(item, "failure-details", path, False) or ():
            policy.failures.append(self.parse_failure(row, element, where))
        return policy

    def parse_policy_itself(self, policy, itself, path):
        policy.type = self.string(itself, "policy-type", path)
        policy.domain = self.string(itself, "policy-domain", path)
        policy.text = self.lines(
            itself, "policy-string", path, policy.type in ("sts", "tlsa"), True)
        key = self.spelling(itself, "mx-host", ("mx-host-pattern",), path)
        policy.mx_hosts = self.lines(itself, key, path, policy.type == "sts")
        if policy.mx_hosts and policy.type != "sts":
            self.add("unexpected", f"{path}.{key}", policy.type)

    def parse_failure(self, row, element, path):
        failure = Failure()
        failure.index = row
        failure.result_type = self.string(element, "result-type", path)
        failure.sending_ip = self.string(element, "sending-mta-ip", path)
        failure.mx = self.string(element, "receiving-mx-hostname", path)
        failure.helo = self.string(element, "receiving-mx-helo", path, False)
        failure.receiving_ip = self.string(element, "receiving-ip", path)
        failure.failed = self.count(element, "failed-session-count", path)
        others = "additional-info-uri", "additional-information-uri", "additional-info"
        key = self.spelling(element, "additional-information", others, path)
        failure.information = self.string(element, key, path, False)
        failure.reason = self.string(element, "failure-reason-code", path, False)
        return failure

    # What the message and the values say.

    def find_in_mail(self, context):
        media_type, name = context.media_type, context.file_name or ""
        is_json = media_type.endswith(("/json", "+json"))
        is_tlsrpt = media_type.startswith("application/tlsrpt+")
        if not (is_tlsrpt and (is_json or media_type in GZIP_TYPES)):
            self.add("media-type", "mail.content-type", media_type)
        if is_json if context.is_gzip else media_type in GZIP_TYPES:
            self.add("content-differs", "mail.content-type", media_type)
        if name.endswith(".json" if context.is_gzip else ".gz"):
            self.add("file-name", "mail.file-name", name)
        if not context.is_report:
            self.add("not-multipart-report", "mail")
        if context.report_domain is None:
            self.add("missing", "mail.tls-report-domain")
        if context.submitter is None:
            self.add("missing", "mail.tls-report-submitter")

    def check(self, context, digest):
        self.check_identity(context, digest)
        self.check_range(context)
        for policy in self.policies:
            self.check_policy(policy, context)
        if len(self.incidents()) > INCIDENTS_MAX:
            self.add("incidents-folded", "$.policies", certain=True)
        if self.left_out:
            self.add("more-findings", "$", str(self.left_out), certain=True)

    def find_contact(self, context):
        """The contact should be with whoever has signed."""
        domain = self.contact_info.rpartition("@")[2].lower()
        if context.auth != "pass" or "@" not in self.contact_info:
            return
        signer = context.auth_domain.lower()
        longer, shorter = sorted((domain, signer), key=len, reverse=True)
        if "." not in shorter or not f".{longer}".endswith(f".{shorter}"):
            self.add("contact-unaligned", "$.contact-info", context.auth_domain)

    def check_identity(self, context, digest):
        if not self.organization and context.speaks_for():
            self.organization = context.speaks_for()
            self.say_taken("$.organization-name", "taken from " + (
                "TLS-Report-Submitter" if context.submitter else "From"))
        if not self.report_id:
            self.report_id = _subject_id(context.subject)
            self.say_taken("$.report-id", "taken from " + (
                "the Subject" if self.report_id else "the content"))
            self.report_id = self.report_id or digest
        at = self.contact_info.rfind("@")
        if at >= 0 and context.submitter and (
                self.contact_info[at + 1:].lower() != context.submitter.lower()):
            self.add("submitter-differs", "$.contact-info", context.submitter)

    def check_range(self, context):
        path = "$.date-range"
        if self.start_at is None and self.end_at is None:
            taken = self.take_range(context)
            for where in path, path + ".start-datetime", path + ".end-datetime":
                self.say_taken(where, taken)
        elif self.start_at is None:
            self.start_at = (self.end_at - 1) // DAY * DAY
            self.say_taken(path + ".start-datetime", "taken from end-datetime")
        elif self.end_at is None:
            self.end_at = self.start_at + DAY - 1
            self.say_taken(path + ".end-datetime", "taken from start-datetime")
        start, end = time_text(self.start_at), time_text(self.end_at)
        length, at_midnight = self.end_at - self.start_at, self.start_at % DAY == 0
        if length < 0:
            self.add("range-reversed", path, f"{start} to {end}")
        elif at_midnight and length == DAY:
            self.add("next-midnight", path + ".end-datetime", end)
        elif not at_midnight or length != DAY - 1:
            self.add("not-a-day", path, f"{start} to {end}")
        if self.start_at > context.received_at + 2 * DAY:
            self.add("future", path + ".start-datetime", start)

    def take_range(self, context):
        fields = _name_fields(context.file_name)
        stamps = [_stamp(field) for field in fields[2:4]] if fields else [None]
        if None not in stamps:
            self.start_at, self.end_at = stamps
            return "taken from the file name"
        self.start_at = ((context.sent_at or context.received_at) // DAY - 1) * DAY
        self.end_at = self.start_at + DAY - 1
        return "taken from the Date" if context.sent_at else "taken from the receipt"

    def check_hostname(self, name, path):
        stored = hostname(name) if name else ""
        if stored is None:
            self.add("bad-hostname", path, name)
            return name
        return stored

    def check_ip(self, address, path):
        if not address:
            return ""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            stored = socket.inet_ntop(family, socket.inet_pton(family, address))
        except (OSError, ValueError):
            self.add("bad-ip", path, address)
            return address
        if stored != address:
            self.add("other-ip-form", path, address)
        return stored

    def check_policy(self, policy, context):
        path = f"$.policies[{policy.index}]"
        if not policy.domain:
            self.take_domain(policy, context, path + ".policy.policy-domain")
        policy.domain = self.check_hostname(policy.domain, path + ".policy.policy-domain")
        policy.mx_hosts = self.check_mx_hosts(policy.mx_hosts, path + ".policy.mx-host")
        if policy.type and policy.type not in POLICY_TYPES:
            self.add("unknown-policy-type", path + ".policy.policy-type", policy.type)
        total = min(sum(failure.failed for failure in policy.failures), COUNT_MAX)
        where = path + ".summary.total-failure-session-count"
        if total > policy.failed:
            self.add("sum-exceeds-total", where, f"{total} over {policy.failed}")
        if policy.failed > 0 and not policy.failures:
            self.add("failures-unexplained", where)
        for failure in policy.failures:
            self.check_failure(failure, f"{path}.failure-details[{failure.index}].")

    def take_domain(self, policy, context, path):
        fields = _name_fields(context.file_name)
        if context.report_domain:
            policy.domain = context.report_domain
            self.say_taken(path, "taken from TLS-Report-Domain")
        elif fields:
            policy.domain = fields[1]
            self.say_taken(path, "taken from the file name")

    def check_mx_hosts(self, text, path):
        names, had_prefix = [], False
        for name in text.split("\n") if text else ():
            if name[:3].lower() == "mx:":
                had_prefix, name = True, name[3:].lstrip(STRIPPED)
            names.append(hostname(name) or name)
        if had_prefix:
            self.add("mx-prefix", path)
        return "\n".join(names)

    def check_failure(self, failure, path):
        if not failure.result_type:
            failure.result_type = UNSPECIFIED
            self.say_taken(path + "result-type", "taken as " + UNSPECIFIED)
        elif failure.result_type not in RESULT_TYPES:
            self.add("unknown-result-type", path + "result-type", failure.result_type)
        failure.sending_ip = self.check_ip(failure.sending_ip, path + "sending-mta-ip")
        failure.receiving_ip = self.check_ip(failure.receiving_ip, path + "receiving-ip")
        failure.mx = self.check_hostname(failure.mx, path + "receiving-mx-hostname")

    # What it adds to the totals; dictionaries in the order of first appearance.

    def types(self):
        """(domain, type) to [successful, failed]."""
        sums = {}
        for policy in self.policies:
            total = sums.setdefault((policy.domain, policy.type), [0, 0])
            total[0] = min(total[0] + policy.successful, COUNT_MAX)
            total[1] = min(total[1] + policy.failed, COUNT_MAX)
        return sums

    def domains(self):
        """Domain to [sessions, failed]: the larger of sts and tlsa, plus all other types."""
        types = self.types()
        return {domain: [_share(types, domain, lambda sums: min(sum(sums), COUNT_MAX)),
                         _share(types, domain, lambda sums: sums[1])]
                for domain, _ in types}

    def _kept(self):
        """The keys of failure rows, those that stand for themselves, and what the others become."""
        keys = list(dict.fromkeys(
            (policy.domain, policy.type, failure.result_type, failure.mx)
            for policy in self.policies for failure in policy.failures))
        return set(keys[:INCIDENTS_MAX]), _common(keys[INCIDENTS_MAX:])

    def failed_rows(self):
        """The key of its incident, and each failure row, in their order."""
        kept, common = self._kept()
        for policy in self.policies:
            for failure in policy.failures:
                key = policy.domain, policy.type, failure.result_type, failure.mx
                yield key if key in kept else common, failure

    def incidents(self):
        """(domain, type, result, mx) to [failed, mode]; those over the limit in one."""
        rows = [((policy.domain, policy.type, failure.result_type, failure.mx), failure.failed,
                 policy_mode(policy.text))
                for policy in self.policies for failure in policy.failures]
        kept, common = self._kept()
        result = {}
        for key, failed, mode in rows:
            # Unlike all others, the folded one may have the key of one that was kept.
            total = result.setdefault((key, False) if key in kept else (common, True), [0, ""])
            total[0] = min(total[0] + failed, COUNT_MAX)
            total[1] = mode
        folded = result.pop((common, True), None)
        counts = [(key, *total) for (key, _), total in result.items()]
        return counts + ([(common, *folded)] if folded else [])


def _share(types, domain, measure):
    sums = {name: measure(total) for (of, name), total in types.items() if of == domain}
    both = max(sums.pop("sts", 0), sums.pop("tlsa", 0))
    return min(both + sum(sums.values()), COUNT_MAX)


def _common(keys):
    """What incidents that are folded have in common."""
    domains, types, results = ({key[i] for key in keys} for i in range(3))
    return (domains.pop() if len(domains) == 1 else "", types.pop() if len(types) == 1 else "",
            results.pop() if len(results) == 1 else UNSPECIFIED, MANY)


def policy_mode(text):
    for line in text.split("\n"):
        match = re.fullmatch(r"mode:[ \t]*(enforce|testing|none)(?:[ \t\r].*)?", line, re.I | re.A)
        if match:
            return match[1].lower()
    return ""


def _number_in(data):
    """The number that a string is, exact if it is a whole one."""
    match = re.fullmatch(rb"[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[ \t\n\r]*",
                         data.split(b"\0")[0])
    if not match:
        return None
    return int(match[1]) if re.fullmatch(rb"[-+]?\d+", match[1]) else float(match[1])


def _array_in(elements):
    """The array that the only element holds as text, or None."""
    if len(elements) != 1 or not isinstance(elements[0], bytes) or elements[0][:1] != b"[":
        return None
    try:
        return parse(elements[0])[0]
    except NotJson:
        return None


def _subject_id(subject):
    match = re.search("report-id:(.*)", subject or "", re.I | re.A | re.S)
    text = match[1].strip(STRIPPED) if match else ""
    bracketed = len(text) >= 2 and text[0] == "<" and text[-1] == ">"
    return text[1:-1].strip(STRIPPED) if bracketed else text


def _name_fields(name):
    fields = (name or "").split("!")
    return fields if len(fields) >= 4 else None


def _stamp(field):
    digits = re.match("[0-9]*", field)[0]
    return int(digits) if digits and 1 <= int(digits) < 2**32 else None


def rebuild(json, context):
    """The report, and the digest that it is known by."""
    report = Report()
    root = report.parse_json(json)
    text = canonical(root)
    if not report.organization and context.speaks_for():
        text += b"\n" + context.speaks_for().encode()
    digest = hashlib.sha256(text)
    if context.gzip_trailing:
        report.add("trailing-bytes", "$", f"{context.gzip_trailing} bytes after the gzip")
    if context.media_type is not None:
        report.find_in_mail(context)
    report.find_contact(context)
    report.check(context, digest.hexdigest())
    return report, digest.digest()
