"""One report once more from its bytes and what stood beside it: its rows, findings and identity.

Written from the description of the store and of the findings, not from the program's tables.
"""
import datetime
import hashlib
import re
import socket

import spelling
from kinds import kind_of
from decode import Number, Object, parse, NotJson
from spelling import Members, holds

COUNT_MAX = 2**53
STRING_MAX, LINES_MAX, FINDINGS_MAX, INCIDENTS_MAX = 4096, 65536, 200, 200
DAY = 86400
YEAR_2018 = 1514764800
UNKNOWN_KEYS_MAX, UNKNOWN_VALUE_MAX = 20, 200
SUM_MAX = 2**58
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
        self.own_domains = ()
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
        self.lacks_failed = False
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
        end = (hour, minute, second) == ("24", "00", "00")
        hour = "00" if end else hour
        offset = (int(hours) * 3600 + int(minutes or 0) * 60) if sign else 0
        at = _utc(date, int(hour), int(minute), int(second)) - (
            offset if sign == "+" else -offset) + (DAY if end else 0)
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
        self.start_at = self.end_at = self.day = None
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

    def string_or_json(self, parent, key, path):
        value = parent.get(key.encode())
        if value is None or isinstance(value, (bytes, Number)):
            return self.string(parent, key, path, False)
        path = f"{path}.{key}"
        if not holds(value):
            self.add("empty", path)
            return ""
        whole = make_valid(spelling.as_json(value))
        self.wrong_type(value, "string", path, False)
        if len(whole.encode()) > STRING_MAX:
            self.add("cut", path, f"{len(whole.encode())} bytes")
        return cut(whole, STRING_MAX)

    def number_text(self, number, path):
        if len(number.text) > STRING_MAX:
            self.add("cut", path, f"{len(number.text)} bytes")
        return number.text[:STRING_MAX]

    def count(self, parent, key, path):
        """The count, or None where there is none that can be read."""
        value = self.get(parent, key, path)
        path = f"{path}.{key}"
        if value is None:
            return None
        if value == b"":
            self.add("empty", path)
            return None
        if isinstance(value, bytes):
            number = _number_in(value)
            if number is None:
                self.add("not-a-number", path)
                return None
            self.wrong_type(value, "number", path, False)
            return self.in_range(number, "", number % 1 != 0, path)
        if not isinstance(value, Number):
            self.wrong_type(value, "number", path, True)
            return None
        if value.real != value.real:  # NaN
            self.add("not-a-number", path)
            return None
        exact = value.integer if value.integer is not None else value.real
        return self.in_range(exact, value.text[:STRING_MAX], value.integer is None, path)

    def in_range(self, number, text, is_fraction, path):
        if not 0 <= number <= COUNT_MAX:
            self.add("out-of-range", path, text)
            return None
        if is_fraction:
            self.add("not-integer", path, text)
        return int(number)

    def object(self, parent, key, path, expected=True):
        value = self.get(parent, key, path, expected)
        if value is None or isinstance(value, Object):
            return value
        one = isinstance(value, list) and len(value) == 1 and isinstance(value[0], Object)
        self.wrong_type(value, "object", f"{path}.{key}", not one)
        return value[0] if one else None

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
        for index, element in enumerate(elements):
            if isinstance(element, Object):
                yield index, element, f"{path}[{index}]"
            else:
                self.add("wrong-type", f"{path}[{index}]", "not an object, ignored")

    def lines(self, parent, key, path, kind, expected):
        value = self.get(parent, key, path, expected)
        path = f"{path}.{key}"
        if value is None:
            return ""
        is_policy = isinstance(value, Object) and kind != "names"
        if (is_policy or isinstance(value, (list, bytes))) and not holds(value):
            self.add("empty", path)
            return ""
        if not isinstance(value, list) and not is_policy:
            self.wrong_type(value, "array", path, not isinstance(value, bytes))
            if not isinstance(value, bytes):
                return ""
        found = _json_in(value, kind)
        if found is not None:
            self.add("json-in-string", path)
            value = found
        return self.join(value if isinstance(value, list) else [value], path, kind)

    def object_lines(self, value, path, kind):
        self.wrong_type(value, "string", path, False)
        texts = [(make_valid(key), item) for key, item in value.items()]
        if kind == "tlsa":
            record = " ".join(self.plain_text(item, STRING_MAX) for _, item in texts)
            return [], record
        result = []
        for key, item in texts:
            for one in item if isinstance(item, list) else [item]:
                if holds(one):
                    result.append(spelling.member_line(kind, key, self.plain_text(one, STRING_MAX)))
        return result, None

    def plain_text(self, value, limit):
        """A string as it is, anything else as JSON."""
        data = value.split(b"\0")[0] if isinstance(value, bytes) else spelling.as_json(value)
        return cut(make_valid(data), limit)

    def join(self, elements, path, kind):
        result, size, had_space, had_list, is_cut = [], 0, False, False, False
        for element in elements:
            whole, text = [], None
            if isinstance(element, Number):
                self.wrong_type(element, "string", path, False)
                text = self.number_text(element, path)
            elif isinstance(element, bytes):
                text = self.clean(element, path)
                had_space |= text != text.strip(STRIPPED)
                text = text.strip(STRIPPED)
            elif isinstance(element, Object) and element and kind != "names":
                whole, text = self.object_lines(element, path, kind)
            else:
                self.wrong_type(element, "string", path, True)
                continue
            if text:
                parts = spelling.split(kind, text)
                had_list |= len(parts) > 1 or bool(parts and len(parts[0].encode()) < len(text.encode()))
                whole = whole + parts
            for line in whole:
                longer = size + len(line.encode()) + bool(result)
                if longer > LINES_MAX:
                    is_cut = True
                else:
                    size = longer
                    result.append(line)
        if had_space:
            self.add("white-space", path)
        if had_list:
            self.add("list-in-string", path)
        if is_cut:
            self.add("cut", path, "lines left out")
        return "\n".join(result)

    # Keys.

    def place(self, path, name):
        """The path of a key, which is a stranger's, as a finding has it."""
        whole = f"{path}.{name}".encode("utf-8", "surrogateescape")[:STRING_MAX]
        return make_valid(whole)

    def find_unknown(self, path, name, value):
        named = sum(code == "unknown-key" for _, code, _ in self.findings)
        if holds(value) and named < UNKNOWN_KEYS_MAX:
            self.add("unknown-key", self.place(path, name), self.plain_text(value, UNKNOWN_VALUE_MAX))

    def locate(self, key, *places):
        """The members in which a key is: the first, or with a finding another one."""
        if places[0].hold(key):
            return places[0]
        for other in places[1:]:
            if other.hold(key):
                self.add("other-place", self.place(other.path, other.key(key)))
                other.taken.add(key)
                return other
        return places[0]

    def text(self, key, *places):
        at = self.locate(key, *places)
        return self.string(at.value, at.key(key), at.path) if at.value is not None else ""

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
        members = Members(self, root, "$", "root")
        self.organization = self.text("organization-name", members)
        self.parse_range(members)
        self.contact_info = self.text("contact-info", members)
        self.report_id = self.text("report-id", members)
        self.parse_policies(members)
        members.find_rest(self)
        return root

    def parse_policies(self, root):
        key = root.key("policies")
        items = self.objects(root.value, key, "$")
        if items is None:
            bare = [key for key in ("policy", "summary", "failure-details") if root.hold(key)]
            for key in bare:
                self.add("other-place", self.place("$", root.key(key)))
                root.taken.add(key)
            if bare:
                self.policies.append(self.parse_policy(0, root))
            return
        if root.value[key.encode()] == []:
            self.add("empty", f"$.{key}")
        for index, item, path in items:
            self.policies.append(self.parse_policy(index, Members(self, item, path, "item")))

    def inner(self, members, key, place):
        """The object under a key."""
        name = members.key(key)
        value = self.object(members.value, name, members.path)
        return Members(self, value, f"{members.path}.{name}", place)

    def parse_range(self, root):
        dates = self.inner(root, "date-range", "range")
        self.start_at = self.parse_time("start-datetime", dates, root)
        self.end_at = self.parse_time("end-datetime", dates, root)

    def parse_time(self, key, *places):
        at = self.locate(key, *places)
        if at.value is None:
            return None
        name = at.key(key)
        path, value = f"{at.path}.{name}", at.value.get(name.encode())
        if isinstance(value, Number) and value.integer is not None:
            self.add("epoch-number", path)
            if is_time(value.integer):
                return value.integer
            self.add("bad-date", path)
            return None
        text = self.string(at.value, name, at.path)
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

    def parse_policy(self, index, item):
        policy = Policy(index)
        itself = self.inner(item, "policy", "policy")
        self.parse_policy_itself(policy, itself, item)
        summary = self.inner(self.locate("summary", item, itself), "summary", "summary")
        policy.successful = self.total("total-successful-session-count", summary, item, itself) or 0
        failed = self.total("total-failure-session-count", summary, item, itself)
        policy.failed, policy.lacks_failed = failed or 0, failed is None
        rows = self.locate("failure-details", item, summary, itself)
        for row, element, where in self.objects(
                rows.value, rows.key("failure-details"), rows.path, False) or ():
            policy.failures.append(self.parse_failure(row, element, where))
        for members in item, itself, summary:
            members.find_rest(self)
        return policy

    def total(self, key, *places):
        at = self.locate(key, *places)
        return self.count(at.value, at.key(key), at.path) if at.value is not None else None

    def parse_policy_itself(self, policy, itself, item):
        policy.type = self.text("policy-type", itself, item)
        known = None if policy.type in POLICY_TYPES else spelling.policy_type(policy.type)
        if known:
            self.add("other-word", f"{itself.path}.policy-type", policy.type)
            policy.type = known
        policy.domain = self.text("policy-domain", itself, item)
        unseen = policy.type == "sts" and not (
            itself.hold("policy-string") and itself.hold("mx-host")) and _is_unseen(item)
        kind = policy.type if policy.type in ("sts", "tlsa") else "other"
        policy.text = self.policy_lines(
            "policy-string", kind, unseen, policy.type in ("sts", "tlsa"), itself, item)
        policy.mx_hosts = self.policy_lines(
            "mx-host", "names", unseen, policy.type == "sts", itself, item)
        if policy.mx_hosts and policy.type != "sts":
            self.add("unexpected", f"{itself.path}.mx-host", policy.type)

    def policy_lines(self, key, kind, unseen, expected, *places):
        at = self.locate(key, *places)
        if at.value is None or (unseen and not at.hold(key)):
            return ""
        return self.lines(at.value, at.key(key), at.path, kind, expected)

    def parse_failure(self, row, element, path):
        failure, members = Failure(), Members(self, element, path, "failure")

        def text(key, expected, unknowable=False):
            if unknowable and not members.hold(key):
                return ""
            return self.string(element, members.key(key), path, expected)

        failure.index = row
        failure.result_type = text("result-type", True)
        kind = failure.result_type if failure.result_type in RESULT_TYPES else (
            spelling.result_type(failure.result_type) or failure.result_type)
        of_policy = kind.startswith("sts-")
        failure.sending_ip = text("sending-mta-ip", not of_policy, of_policy)
        failure.mx = text("receiving-mx-hostname", not of_policy, of_policy)
        failure.helo = text("receiving-mx-helo", False)
        failure.receiving_ip = text("receiving-ip", False, of_policy)
        failure.failed = self.count(element, members.key("failed-session-count"), path) or 0
        failure.information = self.string_or_json(
            element, members.key("additional-information"), path)
        failure.reason = self.string_or_json(element, members.key("failure-reason-code"), path)
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
        kept = 0
        for place, policy in enumerate(self.policies):
            path = f"$.policies[{policy.index}]"
            if not policy.domain:
                self.take_domain(policy, context, path + ".policy.policy-domain")
            policy.domain = self.check_hostname(policy.domain, path + ".policy.policy-domain")
            if not is_own(policy.domain, context.own_domains):
                continue
            self.check_policy(policy)
            self.policies[place], self.policies[kept] = self.policies[kept], policy
            kept += 1
        foreign = self.policies[kept:]
        if foreign:
            self.add("foreign-policies", "$.policies",
                     f"{len(foreign)}, one about {foreign[0].domain or 'no domain'}")
        del self.policies[kept:]
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
        self.day = context.received_at // DAY - 1
        note = f", counts on {day_text(self.day)}"
        is_odd = True
        if length < 0:
            self.add("range-reversed", path, f"{start} to {end}{note}")
        elif length > 31 * DAY:
            self.add("range-too-long", path, f"{start} to {end}{note}")
        else:
            is_odd = False
            if not at_midnight or length not in (DAY - 1, DAY):
                self.add("not-a-day", path, f"{start} to {end}")
        if self.start_at > context.received_at + DAY:
            self.add("future", path + ".start-datetime", start + note)
        elif self.start_at < YEAR_2018:
            self.add("too-old", path + ".start-datetime", start + note)
        elif not is_odd:
            self.day = min(self.start_at // DAY, context.received_at // DAY)

    def counts_at(self):
        """When it counts: its start, if that is on the day on which it counts."""
        return self.start_at if self.start_at // DAY == self.day else self.day * DAY

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

    def check_policy(self, policy):
        path = f"$.policies[{policy.index}]"
        policy.mx_hosts = self.check_mx_hosts(policy.mx_hosts, path + ".policy.mx-host")
        if policy.type == "tlsa" and policy.text:
            lines = policy.text.split("\n")
            data = [spelling.zone_data(line) for line in lines]
            if any(data):
                self.add("zone-line", path + ".policy.policy-string")
                policy.text = "\n".join(new or old for new, old in zip(data, lines))
        if policy.type and policy.type not in POLICY_TYPES:
            self.add("unknown-policy-type", path + ".policy.policy-type", policy.type)
        total = min(sum(failure.failed for failure in policy.failures), COUNT_MAX)
        where = path + ".summary.total-failure-session-count"
        if policy.lacks_failed and total > 0:
            policy.failed = total
            for place in path + ".summary", where:
                self.say_taken(place, "taken from failure-details")
        elif total > policy.failed:
            self.add("sum-exceeds-total", where, f"{total} over {policy.failed}")
        elif total < policy.failed:
            self.add("failures-unexplained", where, f"{policy.failed - total} of {policy.failed}")
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
            known = spelling.result_type(failure.result_type)
            self.add("other-word" if known else "unknown-result-type", path + "result-type",
                     failure.result_type)
            failure.result_type = known or failure.result_type
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

    def _found(self):
        """All incidents, (domain, type, result, mx, kind) to [failed, mode], in their order."""
        found, rest = {}, {}
        for policy in self.policies:
            rows = [(failure.result_type, failure.mx, kind_of(failure.result_type, failure.reason),
                     failure.failed)
                    for failure in policy.failures if failure.failed > 0]
            total = min(sum(count for *_, count in rows), SUM_MAX)
            if policy.failed == 0:
                continue
            mode = policy_mode(policy.text)
            counts = _smaller([count for *_, count in rows], total, policy.failed)
            for (result, mx, kind, _), count in zip(rows, counts):
                _put(found, (policy.domain, policy.type, result, mx, kind), count, mode)
            if total < policy.failed:
                _put(rest, (policy.domain, policy.type, UNSPECIFIED, "", UNSPECIFIED),
                     policy.failed - total, mode)
        self.count_shared_once(found, rest)
        for key, (count, mode) in rest.items():
            if count > 0:
                _put(found, key, count, mode)
        return found

    def incidents(self):
        """Incidents as they are counted: (key, failed, mode); those over the limit in one."""
        found = list(self._found().items())
        result = [(key, *one) for key, one in found[:INCIDENTS_MAX]]
        over = found[INCIDENTS_MAX:]
        if over:
            result.append((_common([key for key, _ in over]),
                           min(sum(failed for _, (failed, _) in over), COUNT_MAX),
                           over[-1][1][1]))
        return result

    def failed_rows(self):
        """The key of its incident, None if it is none, and each failure row, in their order."""
        keys = list(self._found())
        kept, common = set(keys[:INCIDENTS_MAX]), _common(keys[INCIDENTS_MAX:])
        for policy in self.policies:
            for failure in policy.failures:
                key = (policy.domain, policy.type, failure.result_type, failure.mx,
                       kind_of(failure.result_type, failure.reason))
                if policy.failed == 0 or failure.failed == 0:
                    yield None, failure
                else:
                    yield key if key in kept else common, failure

    def count_shared_once(self, found, rest):
        """Incidents of sts and tlsa have together the larger of the two totals, those of rows first."""
        types = self.types()
        for domain in {domain for domain, _ in types}:
            wanted = max(types.get((domain, kind), [0, 0])[1] for kind in ("sts", "tlsa"))
            for incidents in found, rest:
                shared = [one for (of, kind, *_), one in incidents.items()
                          if of == domain and kind in ("sts", "tlsa")]
                total = min(sum(one[0] for one in shared), SUM_MAX)
                for one, count in zip(shared, _smaller([one[0] for one in shared], total, wanted)):
                    one[0] = count
                wanted = max(wanted - total, 0)


def is_own(domain, own_domains):
    return not own_domains or any(f".{domain}".endswith(f".{own}") for own in own_domains)


def _put(incidents, key, count, mode):
    one = incidents.setdefault(key, [0, ""])
    one[0] = min(one[0] + count, COUNT_MAX)
    one[1] = mode


def _smaller(counts, total, wanted):
    """Each in proportion, but at least one where there are enough, if the sum is too large."""
    n = sum(count > 0 for count in counts)
    if total <= wanted:
        return counts
    one = 1 if wanted >= n else 0
    total, wanted = total - one * n, wanted - one * n
    result, before = [], 0
    for count in counts:
        if count == 0:
            result.append(0)
            continue
        after = min(before + count - one, total)
        result.append(one - (-after * wanted // total) + (-before * wanted // total)
                      if total else one)
        before = after
    return result


def _is_unseen(item):
    """Whether the sender could not fetch the policy."""
    rows = item.value.get(item.key("failure-details").encode())
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, Object):
            continue
        name = "result-type" if b"result-type" in row else next(
            (key for key in (key.decode("utf-8", "surrogateescape") for key in row)
             if spelling.meant("failure", key) == "result-type"), None)
        value = row[name.encode("utf-8", "surrogateescape")] if name else None
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        text = make_valid(value.split(b"\0")[0]) if isinstance(value, bytes) else ""
        kind = text if text in RESULT_TYPES else spelling.result_type(text)
        if kind in ("sts-policy-fetch-error", "sts-webpki-invalid"):
            return True
    return False


def _share(types, domain, measure):
    sums = {name: measure(total) for (of, name), total in types.items() if of == domain}
    both = max(sums.pop("sts", 0), sums.pop("tlsa", 0))
    return min(both + sum(sums.values()), COUNT_MAX)


def _common(keys):
    """What incidents that are folded have in common."""
    domains, types, results, _, kinds = ({key[i] for key in keys} for i in range(5))
    return (domains.pop() if len(domains) == 1 else "", types.pop() if len(types) == 1 else "",
            results.pop() if len(results) == 1 else UNSPECIFIED, MANY,
            kinds.pop() if len(kinds) == 1 else UNSPECIFIED)


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


def _json_in(value, kind):
    """The array, or the object of an sts policy, that the only string holds as text; or None."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, bytes) or len(value.split(b"\0")[0]) > LINES_MAX:
        return None
    value = value.split(b"\0")[0]
    if value[:1] != b"[" and not (kind == "sts" and value[:1] == b"{"):
        return None
    try:
        return parse(value)[0]
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
