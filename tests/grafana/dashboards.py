#!/usr/bin/env python3
"""dashboards.py FOLDER: writes the dashboards of contrib/grafana into a folder, from queries.py and what is here."""
import json
import os
import sys

import queries

AUTHS = ("pass", "https", "unchecked", "none", "fail")
BELIEVED = ["pass", "unchecked"]  # unless the configuration says otherwise


class Sqlite(queries.Sqlite):
    plugin = "frser-sqlite-datasource"
    title = "SMTP TLS reports (SQLite)"

    @staticmethod
    def target(text):
        return {"queryText": text, "rawQueryText": text, "queryType": "table", "timeColumns": ["time"]}


class Postgresql(queries.Postgresql):
    plugin = "grafana-postgresql-datasource"
    title = "SMTP TLS reports (PostgreSQL)"

    @staticmethod
    def target(text):
        return {"rawSql": text, "format": "table", "rawQuery": True, "editorMode": "code"}


def override(name, **properties):
    """What is different of one column; the names of properties have "_" for "."."""
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": key.replace("_", ".", 1), "value": value} for key, value in properties.items()]}


def defaults(custom=None, **more):
    fields = dict({"color": {"mode": "thresholds"}, "mappings": [],
                   "thresholds": {"mode": "absolute", "steps": [{"color": "text", "value": None}]}}, **more)
    if custom is not None:
        fields["custom"] = custom
    return fields


def steps(*pairs):
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for color, value in pairs]}


def stat(query, title, description, field, **more):
    return {"type": "stat", "title": title, "description": description, "query": query,
            "fieldConfig": {"defaults": defaults(**more), "overrides": []},
            "options": {"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
                        "percentChangeColorMode": "standard", "showPercentChange": False, "textMode": "value",
                        "wideLayout": True, "reduceOptions": {"calcs": ["lastNotNull"], "fields": f"/^{field}$/",
                                                              "values": False}}}


def table(query, title, description, overrides):
    return {"type": "table", "title": title, "description": description, "query": query,
            "fieldConfig": {"defaults": defaults({"align": "auto", "cellOptions": {"type": "auto"}, "inspect": True,
                                                  "filterable": True}), "overrides": overrides},
            "options": {"showHeader": True, "frameIndex": 0, "cellHeight": "sm"}}


def series(query, title, description, overrides, **more):
    return {"type": "timeseries", "title": title, "description": description, "query": query,
            "fieldConfig": {"defaults": defaults({"drawStyle": "bars", "fillOpacity": 80, "lineWidth": 0, "barAlignment": 0,
                                                  "axisPlacement": "auto", "axisSoftMin": 0,
                                                  "stacking": {"group": "sessions", "mode": "normal"}},
                                                 color={"mode": "palette-classic"}, unit="short",
                                                 **more.pop("defaults", {})), "overrides": overrides},
            "options": {"legend": {"calcs": ["sum"], "displayMode": "table", "placement": "bottom", "showLegend": True},
                        "tooltip": {"mode": "multi", "sort": "desc"}}, **more}


def bar(column="failed_sessions"):
    return override(column, custom_cellOptions={"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
                    color={"mode": "fixed", "fixedColor": "red"})


SENTENCES = [("^Mail may", "red"), ("^Something", "orange"), ("^Nothing is known", "purple"), (".*", "green")]
BY_TLSRPT = "Whether it is an alarm is for tlsrpt check to say, which also weighs who reports and how often."

# Each row of panels: how high it is, and the panels with their width of 24.
ROWS = (
    (4, ((12, stat(queries.verdict, "The last 7 days",
                   "Of the 7 days before the end of the time that is shown. A problem has 3 failed sessions or more; mail may "
                   "be held back under MTA-STS in enforce mode and under DANE. " + BY_TLSRPT, "verdict",
                   mappings=[{"type": "regex", "options": {"pattern": pattern, "result": {"color": color, "index": index}}}
                             for index, (pattern, color) in enumerate(SENTENCES)])),
         (3, stat(queries.sums, "Sessions", "All that were reported.", "sessions", unit="short")),
         (3, stat(queries.sums, "Failed", "The share of sessions that failed.", "failed_share", unit="percentunit",
                  decimals=2)),
         (3, stat(queries.last_report, "Last report", "The day on which the last one came.", "time", unit="dateTimeFromNow")),
         (3, stat(queries.quarantine, "Quarantine", "Messages without a sound report: tlsrpt quarantine.", "messages",
                  thresholds=steps(("text", None), ("orange", 1)))))),
    (9, ((24, table(queries.problems, "Problems",
                    "What failed in the time that is shown: one line for each problem, as tlsrpt failures numbers them. Known are "
                    "those that were accepted, or resolved and not seen on a later day. " + BY_TLSRPT,
                    [bar(), override("note", custom_width=300)])),)),
    (9, ((12, series(queries.by_day, "Sessions by day", "Failed sessions are stacked on successful ones. The line is the share "
                     "that failed.",
                     [override("successful_sessions", color={"mode": "fixed", "fixedColor": "green"}),
                      override("failed_sessions", color={"mode": "fixed", "fixedColor": "red"}),
                      override("failed_share", custom_drawStyle="line", custom_lineWidth=2, custom_fillOpacity=0,
                               custom_axisPlacement="right", custom_stacking={"group": "share", "mode": "none"}, unit="percentunit",
                               min=0, color={"mode": "fixed", "fixedColor": "text"})])),
         (12, series(queries.by_result_type, "Failed sessions by result type", "Stacked.", [],
                     defaults={"displayName": "${__field.labels.result_type}"},
                     transformations=[{"id": "partitionByValues",
                                       "options": {"fields": ["result_type"], "keepFields": False,
                                                   "naming": {"asLabels": True}}}])))),
    (9, ((12, table(queries.by_mx, "Failed sessions by MX",
                    "If all organizations see it at one MX, that MX is to be looked at; if one sees it at all of them, that "
                    "organization.", [bar()])),
         (12, table(queries.reporters, "Who reports, and who went silent",
                    "All who ever reported, those first that have sent nothing for the longest time. " + BY_TLSRPT,
                    [override("days_silent", thresholds=steps(("text", None), ("orange", 5)),
                              custom_cellOptions={"type": "color-text"})])))),
    (9, ((14, table(queries.policies, "Policies as senders saw them", "The newest of each domain first.",
                    [override("policy", custom_minWidth=400)])),
         (10, table(queries.findings, "Findings", "In what the reports differ from RFC 8460; contrib/DEVIATIONS.md describes "
                    "the codes.", [])))),
)


def variable(engine, name, label, query):
    return {"name": name, "label": label, "type": "query", "query": query, "refresh": 1, "sort": 0, "multi": True,
            "includeAll": True, "allValue": "''", "current": {"text": ["All"], "value": ["$__all"]}, "options": [],
            "datasource": {"type": engine.plugin, "uid": "${store}"}}


def variables(engine):
    return [
        {"name": "store", "label": "Store", "type": "datasource", "query": engine.plugin, "refresh": 1, "multi": False,
         "includeAll": False, "options": [], "current": {"text": "", "value": ""}},
        variable(engine, "domain", "Domain", queries.DOMAINS),
        variable(engine, "organization", "Organization", queries.ORGANIZATIONS),
        {"name": "auth", "label": "Authentication", "type": "custom", "query": ",".join(AUTHS), "multi": True,
         "includeAll": False, "current": {"text": BELIEVED, "value": BELIEVED},
         "description": "Whom the mail system vouches for. What nobody vouches for moves no alarm of tlsrpt, and is "
                        "left out here at first.",
         "options": [{"text": auth, "value": auth, "selected": auth in BELIEVED} for auth in AUTHS]},
    ]


def panels(engine):
    y = 0
    for height, row in ROWS:
        x = 0
        for width, panel in row:
            panel = dict(panel)
            source = {"type": engine.plugin, "uid": "${store}"}
            target = dict({"refId": "A", "datasource": source}, **engine.target(panel.pop("query")(engine)))
            yield dict(panel, datasource=source, targets=[target], gridPos={"h": height, "w": width, "x": x, "y": y})
            x += width
        y += height


def dashboard(engine):
    numbered = [dict({"id": number}, **panel) for number, panel in enumerate(panels(engine), 1)]
    return {"uid": f"tlsrpt-{engine.name}", "title": engine.title, "tags": ["mail", "tlsrpt"], "schemaVersion": 39, "version": 1,
            "description": "What senders of mail report about TLS (RFC 8460). Days are in UTC.", "editable": True,
            "timezone": "utc", "time": {"from": "now-30d", "to": "now"}, "graphTooltip": 1,
            "templating": {"list": variables(engine)}, "annotations": {"list": []}, "links": [], "panels": numbered}


def main():
    for engine in (Sqlite, Postgresql):
        with open(os.path.join(sys.argv[1], f"tlsrpt-{engine.name}.json"), "w", encoding="utf-8") as file:
            json.dump(dashboard(engine), file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
