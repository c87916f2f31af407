"""What the panels of contrib/grafana ask, once for both engines.  Only views of contrib/schema.md are named.

Days are text and compare as such.  A time of Grafana becomes a day in UTC, and a day becomes a time where an axis
wants one: its midnight in UTC.
"""


class Sqlite:
    """As the plugin frser-sqlite-datasource has it: $__from and $__to are milliseconds."""
    name = "sqlite"
    from_day = "date($__from / 1000, 'unixepoch')"
    to_day = "date($__to / 1000, 'unixepoch')"
    week_day = "date($__to / 1000, 'unixepoch', '-7 days')"

    @staticmethod
    def day_of(seconds):
        return f"date({seconds}, 'unixepoch')"

    @staticmethod
    def time_of(day):
        return f"CAST(strftime('%s', {day}) AS INTEGER)"

    @staticmethod
    def total(column):
        return f"total({column})"

    @staticmethod
    def days_between(earlier, later):
        return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"

    @staticmethod
    def one_line(column):
        return f"replace({column}, char(10), '; ')"


class Postgresql:
    """As the plugin grafana-postgresql-datasource has it."""
    name = "postgresql"
    from_day = "to_char(to_timestamp($__unixEpochFrom()) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    to_day = "to_char(to_timestamp($__unixEpochTo()) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    week_day = "to_char(to_timestamp($__unixEpochTo()) AT TIME ZONE 'UTC' - INTERVAL '7 days', 'YYYY-MM-DD')"

    @staticmethod
    def day_of(seconds):
        return f"to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"

    @staticmethod
    def time_of(day):
        return f"CAST({day} || ' 00:00:00+00' AS TIMESTAMPTZ)"

    @staticmethod
    def total(column):
        return f"coalesce(sum(CAST({column} AS DOUBLE PRECISION)), 0)"

    @staticmethod
    def days_between(earlier, later):
        return f"CAST({later} AS DATE) - CAST({earlier} AS DATE)"

    @staticmethod
    def one_line(column):
        return f"replace({column}, chr(10), '; ')"


# Strangers name organizations, so a name gets into a query as a literal only, by the format sqlstring.  "All" is the
# literal '', which is in no column.
DOMAINS = "SELECT DISTINCT policy_domain FROM policy_seen WHERE policy_domain IS NOT NULL ORDER BY policy_domain"
ORGANIZATIONS = "SELECT DISTINCT organization FROM reporters WHERE organization IS NOT NULL ORDER BY organization"


def chosen(variable, column):
    return f"('' IN (${{{variable}:sqlstring}}) OR {column} IN (${{{variable}:sqlstring}}))"


def whose(domain="policy_domain", organization="organization", auth="auth"):
    """What the variables have chosen."""
    return f"""{chosen("domain", domain)}
  AND {chosen("organization", organization)}
  AND {auth} IN (${{auth:sqlstring}})"""


def during(engine, day="day"):
    return f"{day} >= {engine.from_day} AND {day} <= {engine.to_day}"


HOLDS_MAIL = "incidents.policy_type = 'tlsa' OR (incidents.policy_type = 'sts' AND incidents.mode = 'enforce')"


def is_known(engine):
    """Whether what failed on incident_days.day was accepted, or resolved since."""
    return f"""(incidents.resolved_at IS NOT NULL AND incident_days.day <= {engine.day_of("incidents.resolved_at")})
    OR EXISTS (SELECT 1 FROM notes WHERE notes.incident = incidents.id AND notes.kind = 'accept'
      AND (notes.until IS NULL OR notes.until >= {engine.to_day})
      AND NOT EXISTS (SELECT 1 FROM notes later WHERE later.incident = notes.incident
        AND later.kind IN ('accept', 'resolve', 'reopen') AND later.at > notes.at))"""


def verdict(engine):
    """One sentence about the last 7 days; what has fewer than 3 failed sessions is not called a problem."""
    return f"""WITH said AS (
  SELECT {engine.total("sessions")} AS sessions
  FROM daily_total
  WHERE day >= {engine.week_day} AND day <= {engine.to_day}
  AND {whose()}
), failed AS (
  SELECT incidents.problem AS problem,
    {engine.total("incident_days.failed_sessions")} AS failed_sessions,
    max(CASE WHEN {HOLDS_MAIL} THEN 1 ELSE 0 END) AS holds_mail,
    min(CASE WHEN {is_known(engine)} THEN 1 ELSE 0 END) AS known
  FROM incident_days
  JOIN incidents ON incidents.id = incident_days.incident
  WHERE incident_days.day >= {engine.week_day} AND incident_days.day <= {engine.to_day}
  AND {whose("incidents.policy_domain", "incident_days.organization", "incident_days.auth")}
  GROUP BY incidents.problem
), counts AS (
  SELECT coalesce(sum(CASE WHEN known = 0 AND failed_sessions >= 3 AND holds_mail = 1 THEN 1 ELSE 0 END), 0) AS holding,
    coalesce(sum(CASE WHEN known = 0 AND failed_sessions >= 3 AND holds_mail = 0 THEN 1 ELSE 0 END), 0) AS others,
    coalesce(sum(CASE WHEN known = 0 AND failed_sessions > 0 AND failed_sessions < 3 THEN 1 ELSE 0 END), 0) AS small,
    coalesce(sum(CASE WHEN known = 1 THEN 1 ELSE 0 END), 0) AS known
  FROM failed
)
SELECT CASE
  WHEN holding > 0 THEN 'Mail may be held back (problems: ' || holding || ' of ' || (holding + others) || ')'
  WHEN others > 0 THEN 'Something fails, but mail is not held back (problems: ' || others || ')'
  WHEN said.sessions = 0 THEN 'Nothing is known: no session was reported'
  WHEN small > 0 THEN 'Next to nothing failed (small failures: ' || small || ')'
  WHEN known > 0 THEN 'Nothing new failed (known problems: ' || known || ')'
  ELSE 'No session failed'
END AS verdict, holding, others, small, known
FROM counts, said"""


def sums(engine):
    return f"""SELECT {engine.total("sessions")} AS sessions,
  {engine.total("failed_sessions")} AS failed_sessions,
  {engine.total("failed_sessions")} / NULLIF({engine.total("sessions")}, 0) AS failed_share
FROM daily_total
WHERE {during(engine)}
  AND {whose()}"""


def last_report(engine):
    return f"""SELECT {engine.time_of("max(last_received)")} AS time
FROM daily_total
WHERE {whose()}"""


def quarantine(_):
    return "SELECT count(*) AS messages FROM quarantined"


def problems(engine):
    return f"""SELECT incidents.problem AS problem,
  CASE WHEN max(CASE WHEN {HOLDS_MAIL} THEN 1 ELSE 0 END) = 1 THEN 'may be held' ELSE 'delivered' END AS mail,
  min(incidents.kind) AS kind,
  min(incidents.policy_domain) || CASE WHEN count(DISTINCT incidents.policy_domain) > 1
    THEN ' and ' || (count(DISTINCT incidents.policy_domain) - 1) || ' more' ELSE '' END AS domains,
  min(incidents.receiving_mx_hostname) || CASE WHEN count(DISTINCT incidents.receiving_mx_hostname) > 1
    THEN ' and ' || (count(DISTINCT incidents.receiving_mx_hostname) - 1) || ' more' ELSE '' END AS mx,
  min(incident_days.day) AS first_day,
  max(incident_days.day) AS last_day,
  count(DISTINCT incident_days.day) AS days,
  count(DISTINCT incident_days.organization) AS organizations,
  {engine.total("incident_days.failed_sessions")} AS failed_sessions,
  CASE WHEN min(CASE WHEN {is_known(engine)} THEN 1 ELSE 0 END) = 1 THEN 'known' ELSE 'open' END AS state,
  max(incidents.note) AS note
FROM incident_days
JOIN incidents ON incidents.id = incident_days.incident
WHERE {during(engine, "incident_days.day")}
  AND {whose("incidents.policy_domain", "incident_days.organization", "incident_days.auth")}
GROUP BY incidents.problem
ORDER BY state DESC, mail DESC, failed_sessions DESC, problem
LIMIT 500"""


def by_day(engine):
    return f"""SELECT {engine.time_of("day")} AS time,
  {engine.total("sessions")} - {engine.total("failed_sessions")} AS successful_sessions,
  {engine.total("failed_sessions")} AS failed_sessions,
  {engine.total("failed_sessions")} / NULLIF({engine.total("sessions")}, 0) AS failed_share
FROM daily_total
WHERE {during(engine)}
  AND {whose()}
GROUP BY day
ORDER BY day"""


def by_result_type(engine):
    return f"""SELECT {engine.time_of("incident_days.day")} AS time,
  incidents.result_type AS result_type,
  {engine.total("incident_days.failed_sessions")} AS failed_sessions
FROM incident_days
JOIN incidents ON incidents.id = incident_days.incident
WHERE {during(engine, "incident_days.day")}
  AND {whose("incidents.policy_domain", "incident_days.organization", "incident_days.auth")}
GROUP BY incident_days.day, incidents.result_type
ORDER BY incident_days.day, incidents.result_type"""


def by_mx(engine):
    return f"""SELECT coalesce(incidents.receiving_mx_hostname, '(not said)') AS mx,
  count(DISTINCT incidents.policy_domain) AS domains,
  count(DISTINCT incident_days.organization) AS organizations,
  max(incident_days.day) AS last_day,
  {engine.total("incident_days.failed_sessions")} AS failed_sessions
FROM incident_days
JOIN incidents ON incidents.id = incident_days.incident
WHERE {during(engine, "incident_days.day")}
  AND {whose("incidents.policy_domain", "incident_days.organization", "incident_days.auth")}
GROUP BY incidents.receiving_mx_hostname
ORDER BY failed_sessions DESC, mx
LIMIT 500"""


def reporters(engine):
    """Also those that said nothing in the time asked for: they may have fallen silent."""
    inside = during(engine)
    return f"""SELECT organization, auth, auth_domain,
  max(last_received) AS last_received,
  {engine.days_between("max(last_received)", engine.to_day)} AS days_silent,
  {engine.total(f"CASE WHEN {inside} THEN reports END")} AS reports,
  {engine.total(f"CASE WHEN {inside} THEN sessions END")} AS sessions,
  {engine.total(f"CASE WHEN {inside} THEN failed_sessions END")} AS failed_sessions
FROM daily_total
WHERE day <= {engine.to_day}
  AND {whose()}
GROUP BY organization, auth, auth_domain
ORDER BY days_silent DESC, organization, auth, auth_domain
LIMIT 500"""


def policies(engine):
    return f"""SELECT policy_domain, policy_type,
  {engine.one_line("policy_text")} AS policy,
  min(first_day) AS first_day,
  max(last_day) AS last_day,
  count(DISTINCT organization) AS organizations
FROM policy_seen
WHERE last_day >= {engine.from_day} AND first_day <= {engine.to_day}
  AND {whose()}
GROUP BY policy_domain, policy_type, policy_text
ORDER BY policy_domain, policy_type, last_day DESC, first_day DESC, policy
LIMIT 500"""


def findings(engine):
    return f"""SELECT reports.organization AS organization, findings.code AS code,
  count(*) AS findings,
  count(DISTINCT findings.report) AS reports,
  max(reports.day) AS last_day
FROM findings
JOIN reports ON reports.id = findings.report
WHERE {during(engine, "reports.day")}
  AND {chosen("organization", "reports.organization")}
  AND reports.auth IN (${{auth:sqlstring}})
  AND ('' IN (${{domain:sqlstring}})
    OR reports.id IN (SELECT report FROM policies WHERE policy_domain IN (${{domain:sqlstring}})))
GROUP BY reports.organization, findings.code
ORDER BY findings DESC, organization, code
LIMIT 500"""
