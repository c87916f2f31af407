-- What follows from daily_total_row and incident_day, after these were written by hand.
DELETE FROM daily_sum;
INSERT INTO daily_sum (day, policy_domain, incident, auth, reports, sessions, failed_sessions)
SELECT day, policy_domain, 0, auth, sum(reports),
	CAST(min(total(sessions), 9007199254740992) AS INTEGER),
	CAST(min(total(failed_sessions), 9007199254740992) AS INTEGER)
FROM daily_total_row JOIN reporter ON reporter.id = reporter GROUP BY day, policy_domain, auth;
INSERT INTO daily_sum (day, policy_domain, incident, auth, reports, sessions, failed_sessions)
SELECT day, policy_domain, incident, auth, sum(reports), 0,
	CAST(min(total(failed_sessions), 9007199254740992) AS INTEGER)
FROM incident_day JOIN incident ON incident.id = incident_day.incident
JOIN reporter ON reporter.id = reporter
GROUP BY day, policy_domain, incident, auth;
