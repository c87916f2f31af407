-- What follows from daily_domain and incident_day, after these were written by hand.
DELETE FROM domain_day;
INSERT INTO domain_day (day, policy_domain, incident, auth, reports, sessions, failed_sessions)
SELECT day, policy_domain, 0, auth, sum(reports),
	CAST(min(total(sessions), 9007199254740992) AS INTEGER),
	CAST(min(total(failed_sessions), 9007199254740992) AS INTEGER)
FROM daily_domain GROUP BY day, policy_domain, auth;
INSERT INTO domain_day (day, policy_domain, incident, auth, reports, sessions, failed_sessions)
SELECT day, policy_domain, incident, auth, sum(reports), 0,
	CAST(min(total(failed_sessions), 9007199254740992) AS INTEGER)
FROM incident_day JOIN incident ON incident.id = incident_day.incident
GROUP BY day, policy_domain, incident, auth;
