/*
 * The style of the page.  A policy of content allows it by its hash, so that it is the same on every page.
 * Colors are variables of two sets, light and dark; each pair of text and ground has a contrast of 4.5 or
 * more.  On a narrow screen the rows of tables are blocks, whose columns say by themselves what they are.
 */
#include "page.h"

static const char page_style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1b1e24;--dim:#565d69;--line:#d3d8df;--soft:#f4f6f8;"
	"--bad:#ad221b;--warn:#7a4c00;--ok:#1a673a;--bar:#8790a0}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#12151a;--fg:#e8eaee;--dim:#a6aebb;--line:#363d48;"
	"--soft:#1b2028;--bad:#ff938a;--warn:#f2bd65;--ok:#80d4a1;--bar:#717b8b}}\n"
	"*{box-sizing:border-box}\n"
	"html{scroll-padding-top:1rem}\n"
	"body{margin:0;background:var(--bg);color:var(--fg);font:1rem/1.5 system-ui,sans-serif;"
	"font-variant-numeric:tabular-nums}\n"
	"header,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}\n"
	"h1,h2,h3,h4,p,ul,ol,dl,dd,pre,figure{margin:0}\n"
	"h1{font-size:1rem;font-weight:600;color:var(--dim);padding-top:1.5rem}\n"
	"h2{font-size:1.3rem;margin:3rem 0 1rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}\n"
	"h3{font-size:1.1rem;line-height:1.35}\n"
	"h4{font-size:1rem;margin-top:1rem}\n"
	"section>h3{margin:1.5rem 0 .5rem}\n"
	"p,li,dd,h3{overflow-wrap:anywhere}\n"
	"ul,ol{padding-left:1.4rem}\n"
	"em{font-style:normal;color:var(--dim);font-weight:400}\n"
	"code,pre{font:.9em/1.5 ui-monospace,monospace;overflow-wrap:anywhere}\n"
	"pre{white-space:pre-wrap;background:var(--bg);border:1px solid var(--line);border-radius:.3rem;"
	"padding:.5rem .75rem;margin-top:.3rem}\n"
	"a{color:inherit}\n"
	"a:focus-visible,summary:focus-visible{outline:3px solid var(--fg);outline-offset:2px}\n"
	".verdict{font-size:1.25rem;line-height:1.4;margin:.3rem 0 1rem}\n"
	".verdict strong{display:block;font-size:2rem;line-height:1.2;margin-bottom:.3rem}\n"
	".verdict.bad strong,.card.bad h3 span{color:var(--bad)}\n"
	".verdict.warn strong,.card.warn h3 span{color:var(--warn)}\n"
	".verdict.ok strong{color:var(--ok)}\n"
	"header p{color:var(--dim);max-width:60rem}\n"
	"header .verdict{color:var(--fg)}\n"
	"nav ul{list-style:none;padding:0;margin:1rem 0 0;display:flex;flex-wrap:wrap;gap:0 1.25rem}\n"
	"nav a{display:block;padding:.35rem 0}\n"
	".card{border:1px solid var(--line);border-left:.4rem solid;border-radius:.3rem;background:var(--soft);"
	"padding:1rem 1.25rem;margin:0 0 1rem}\n"
	".card.bad{border-left-color:var(--bad)}\n"
	".card.warn{border-left-color:var(--warn)}\n"
	".card h3+p{color:var(--dim)}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;margin-top:.75rem}\n"
	"dt{color:var(--dim)}\n"
	"dl ul{list-style:none;padding:0}\n"
	"details{margin-top:1rem}\n"
	"summary{cursor:pointer;padding:.25rem 0}\n"
	"details>p{margin:.3rem 0}\n"
	".card>p:not(h3+p){margin-top:.75rem}\n"
	"figure{margin:0 0 1.5rem}\n"
	"figcaption,caption{text-align:left;color:var(--dim)}\n"
	"caption{padding:0 0 .5rem}\n"
	"svg{display:block;fill:currentColor}\n"
	".bars{width:100%;height:7rem;border-bottom:1px solid var(--dim);margin-top:.3rem}\n"
	".failed .bars{color:var(--bad)}\n"
	".all .bars{color:var(--bar);height:4rem}\n"
	".axis{display:flex;justify-content:space-between;color:var(--dim);font-size:.9rem}\n"
	".strip{width:12rem;height:1.5rem;color:var(--bar)}\n"
	".bad .strip{color:var(--bad)}\n"
	".cell{display:inline-block;width:.9rem;height:.9rem;margin-right:.4rem;vertical-align:-.1rem;"
	"color:var(--bad);outline:1px solid var(--bar)}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"th,td{padding:.4rem .75rem .4rem 0;text-align:right;vertical-align:top;"
	"border-bottom:1px solid var(--line)}\n"
	"th{text-align:left;font-weight:600}\n"
	"thead th{color:var(--dim);vertical-align:bottom}\n"
	"th.n{text-align:right}\n"
	"tbody th,td.t{overflow-wrap:anywhere;min-width:9rem}\n"
	"td.t{text-align:left}\n"
	"td:last-child,th:last-child{padding-right:0}\n"
	".bad td:nth-child(3){color:var(--bad);font-weight:600}\n"
	".matrix td{text-align:left}\n"
	".matrix td span{color:var(--dim);display:block}\n"
	".more{color:var(--dim);margin-top:.5rem}\n"
	"footer{color:var(--dim);padding-top:3rem;padding-bottom:2rem}\n"
	"@media(max-width:46rem){\n"
	".verdict strong{font-size:1.6rem}\n"
	".card{padding:.75rem 1rem}\n"
	"dl{display:block}dt{margin-top:.5rem}\n"
	"table,tbody,tr,th,td,caption{display:block;width:auto}\n"
	"thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n"
	"tr{padding:.6rem 0;border-bottom:1px solid var(--line)}\n"
	"th,td{border:0;padding:0;text-align:left}\n"
	"td:empty{display:none}\n"
	"td::before{color:var(--dim);font-weight:400}\n"
	".strip{width:100%}\n"
	".domains td:nth-child(2)::before{content:\"Failed sessions: \"}\n"
	".domains td:nth-child(3)::before{content:\"Share: \"}\n"
	".domains td:nth-child(4)::before{content:\"In 90 days: \"}\n"
	".domains td:nth-child(5)::before{content:\"Days with failures: \"}\n"
	".reporters td:nth-child(2)::before{content:\"Failed sessions: \"}\n"
	".reporters td:nth-child(3)::before{content:\"Share: \"}\n"
	".reporters td:nth-child(4)::before{content:\"Days with reports: \"}\n"
	".reporters td:nth-child(5)::before{content:\"Last day: \"}\n"
	".policies td:nth-child(2)::before{content:\"Policy: \"}\n"
	".policies td:nth-child(3)::before{content:\"Says: \"}\n"
	".policies td:nth-child(4)::before{content:\"Since: \"}\n"
	".policies td:nth-child(5)::before{content:\"Last seen: \"}\n"
	".policies td:nth-child(6)::before{content:\"Seen by: \"}\n"
	".problems td:nth-child(2)::before{content:\"MX: \"}\n"
	".problems td:nth-child(3)::before{content:\"Domains: \"}\n"
	".problems td:nth-child(5)::before{content:\"Failed: \"}\n"
	".problems td:nth-child(6)::before{content:\"Share: \"}\n"
	".days td:nth-child(2)::before{content:\"Sessions: \"}\n"
	".days td:nth-child(3)::before{content:\"Failed: \"}\n"
	".days td:nth-child(4)::before{content:\"Share: \"}\n"
	".findings td:nth-child(3)::before{content:\"Reports: \"}\n"
	".quarantine td:nth-child(2)::before{content:\"Messages: \"}\n"
	".quarantine td:nth-child(3)::before{content:\"Of the last days: \"}\n"
	".matrix td:nth-child(2)::before{content:\"Seen by: \"}\n"
	".matrix td[data-by]::before{content:attr(data-by)\": \"}\n"
	".matrix td span{display:inline}\n"
	"}\n"
	"@media print{\n"
	":root{--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--soft:#fff;--bad:#900;--warn:#640;--ok:#050;--bar:#777}\n"
	"body{font-size:10pt}nav{display:none}\n"
	".card,tr,figure{break-inside:avoid}h2,h3{break-after:avoid}\n"
	"details::details-content{content-visibility:visible;display:block}\n"
	"}\n";

const char *
page_css(void)
{
	return page_style;
}

char *
page_style_hash(void)
{
	guint8 digest[32];
	gsize length = sizeof(digest);
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(checksum, (const guchar *)page_style, sizeof(page_style) - 1);
	g_checksum_get_digest(checksum, digest, &length);
	g_checksum_free(checksum);
	g_autofree char *base64 = g_base64_encode(digest, length);
	return g_strconcat("sha256-", base64, NULL);
}
