/* All commands of tlsrpt, in the order in which help lists them; the first is the default. */
#include "command.h"

extern const Command command_summary, command_failures, command_trend, command_reports,
	command_show, command_policy, command_explain, command_note, command_resolve,
	command_reopen, command_accept, command_check, command_alert, command_digest, command_page,
	command_record, command_export, command_status, command_prune, command_drop,
	command_quarantine, command_reprocess;

const Command *const commands[] = {
	&command_summary,
	&command_failures,
	&command_trend,
	&command_reports,
	&command_show,
	&command_policy,
	&command_explain,
	&command_note,
	&command_resolve,
	&command_reopen,
	&command_accept,
	&command_check,
	&command_alert,
	&command_digest,
	&command_page,
	&command_record,
	&command_export,
	&command_status,
	&command_prune,
	&command_drop,
	&command_quarantine,
	&command_reprocess,
	NULL,
};
