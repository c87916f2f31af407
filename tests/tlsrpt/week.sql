-- What the samples do not have: weeks before, and in the week up to 2026-11-22 (day 20779) a failure
-- that came back after it was resolved, a new one at two MX, one that goes on, a glitch, a reporter
-- that fell silent, and messages in quarantine.

-- example.com is reported on daily, with one failure in a hundred.
WITH RECURSIVE d (day) AS (SELECT 20740 UNION ALL SELECT day + 1 FROM d WHERE day < 20779)
INSERT INTO daily_total_row (day, policy_domain, reporter, reports, sessions,
	failed_sessions, received_after)
SELECT day, (SELECT id FROM domain WHERE name = 'example.com'),
	(SELECT id FROM reporters WHERE organization = 'Northwind Post'), 1, 100,
	1 + 20 * (day > 20775), 1
FROM d WHERE true ON CONFLICT DO NOTHING;

-- Mail.ru reported on example.org and shop.example daily, and no longer.
WITH RECURSIVE d (day) AS (SELECT 20740 UNION ALL SELECT day + 1 FROM d WHERE day < 20772)
INSERT INTO daily_total_row (day, policy_domain, reporter, reports, sessions,
	failed_sessions, received_after)
SELECT day, domain.id, (SELECT id FROM reporters WHERE organization = 'Mail.ru'), 1, 7, 0, 1
FROM d, domain WHERE domain.name IN ('example.org', 'shop.example') ON CONFLICT DO NOTHING;

INSERT OR IGNORE INTO result_type (name) VALUES ('starttls-not-supported');
INSERT INTO incident (id, policy_domain, policy_type, result_type, receiving_mx, kind, mode) SELECT 6,
	domain.id, 2, result_type.id, mx.id, 1, 'enforce' FROM domain, result_type, domain AS mx
	WHERE domain.name = 'example.com' AND result_type.name = 'starttls-not-supported'
	AND mx.name = 'mx2.example.com';
INSERT INTO incident (id, policy_domain, policy_type, result_type, receiving_mx, kind, mode) SELECT 7,
	domain.id, 2, result_type.id, mx.id, 1, 'testing' FROM domain, result_type, domain AS mx
	WHERE domain.name = 'example.com' AND result_type.name = 'starttls-not-supported'
	AND mx.name = 'mx1.example.com';
INSERT INTO incident_day (incident, day, reporter, reports, failed_sessions, received_after)
VALUES
	(1, 20776, 1, 1, 31, 2), (1, 20777, 3, 1, 12, 1), (4, 20775, 4, 1, 3, 2),
	(4, 20776, 1, 1, 5, 1), (6, 20777, 1, 1, 5, 1), (6, 20778, 3, 1, 7, 0),
	(7, 20778, 3, 1, 2, 0);
-- Whoever saw them had sessions on these days, of which these failed.
INSERT INTO daily_total_row (day, policy_domain, reporter, reports, sessions, failed_sessions, received_after)
SELECT day, policy_domain, reporter, 1, 60, sum(failed_sessions), 1 FROM incident_day
	JOIN incident ON incident.id = incident WHERE incident IN (1, 4, 6, 7) AND day BETWEEN 20775 AND 20778
	GROUP BY day, policy_domain, reporter
	ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions,
		failed_sessions = failed_sessions + excluded.failed_sessions;
UPDATE incident SET
	first_day = (SELECT min(day) FROM incident_day WHERE incident = incident.id),
	last_day = (SELECT max(day) FROM incident_day WHERE incident = incident.id);

INSERT INTO note (incident, kind, author, at, text) VALUES
	(1, 'resolve', 'root', 1795100000, 'New certificate, and the timer is on again.'),
	(1, 'note', 'Jörg', 1795300000, 'Das war''s noch nicht: the reload is missing.
certbot renew --deploy-hook "postfix reload"'),
	(5, 'resolve', 'root', 1795100000, 'Rolled over: the old TLSA record stays for two TTL now.');
INSERT INTO quarantined_row (received_at, class, auth_domain, stored_size, size, reason, detail, sender,
	subject, digest, content) VALUES
	(1795200000, 0, '', 1, 1, 'no-report', '', 'a@x.example', 'Hello', x'01', x'00'),
	(1795200001, 0, '', 1, 1, 'no-report', '', 'a@x.example', 'Hello', x'02', x'00'),
	(1795400000, 0, '', 1, 1, 'no-report', '', 'a@x.example', 'Today', x'03', x'00');
INSERT INTO quarantine_share VALUES ('', 3, 3), ('(all)', 3, 3);
UPDATE report SET received_at = 1795390000 WHERE id = (SELECT max(id) FROM report);

-- Whoever reported daily was received daily, on the day after.
INSERT OR IGNORE INTO reporter_day SELECT reporter, day + received_after, 1 FROM daily_total_row
	WHERE day > 20739;
