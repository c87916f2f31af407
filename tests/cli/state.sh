# Sourced: compares what stores say.

# same_lines FILE FILE NAME
same_lines() {
	if diff "$1" "$2" >differences; then
		ok 0 "$3"
	else
		ok 1 "$3"
		sed 's/^/# /' differences
	fi
}

# What the store says, but for what names its rows, and the second in which a report came.
state() {
	sql "SELECT id, organization, report_id, contact_info, submitter, from_domain, report_domain, message_id,
		auth, auth_domain, start_at, end_at, day, findings, pruned FROM reports" | sort
	for view in policies failures findings daily daily_total incident_days incident_reasons \
		policy_seen quarantined; do
		sql "SELECT '$view', * FROM $view" | sort
	done
	# One that no report has may be left for the sake of its number.
	sql "SELECT 'incidents', * FROM incidents WHERE days > 0 OR note IS NOT NULL" | sort
	sql "SELECT organization, auth, auth_domain, reports, received_days, first_received, last_received
		FROM reporters" | sort
	sql "SELECT day, d.name, incident, auth, reports, sessions, failed_sessions
		FROM daily_sum JOIN domain d ON d.id = policy_domain" | sort
	sql "SELECT report, day, message_id, subject, file_name, media_type, is_report, sent_at, is_gzip,
		hex(content) FROM raw" | sort
	sql "SELECT hex(digest), report FROM identity" | sort
	sql "SELECT hash, o.name, report FROM report_name JOIN organization o ON o.id = organization" | sort
}
