"""What a page may not be: a violation of each kind, planted in a good page, and the check that must see it."""
import re

from checks import with_style_hash


def rule(css):
    """One more rule of style, which the policy takes."""
    def plant(html):
        return with_style_hash(html.replace("</style>", css + "</style>", 1))
    return plant


def element(added):
    def plant(html):
        return html.replace("</main>", added + "</main>", 1)
    return plant


def edit(pattern, replacement, count=1):
    def plant(html):
        return re.sub(pattern, replacement, html, count=count, flags=re.S)
    return plant


def both(one, other):
    return lambda html: other(one(html))


NO_POLICY = edit(r"<meta http-equiv=\"?Content-Security-Policy[^>]*>", "")
PARAGRAPH = "<p class=planted>Planted words of a page</p>"

# what it is, the check, the view, how it is planted, what the complaint says
PLANTED = [
    ("a picture from elsewhere", "requests", "wide-light",
     both(NO_POLICY, element('<img src="http://127.0.0.1:9/x.png" alt="">')), "asks for http://127.0.0.1:9/"),
    ("a font from elsewhere", "requests", "wide-light",
     both(NO_POLICY, rule("@font-face{font-family:x;src:url(http://127.0.0.1:9/x.woff)}body{font-family:x}")),
     "asks for http://127.0.0.1:9/"),
    ("a picture from elsewhere, which the policy forbids", "policy", "wide-light",
     element('<img src="http://127.0.0.1:9/x.png" alt="">'), "img-src http://127.0.0.1:9/"),
    ("a script", "policy", "wide-light", element("<script>document.title = 'x'</script>"), "script-src-elem inline"),
    ("a style of an element", "policy", "wide-light", element('<p style="color:red">x</p>'), "style-src-attr inline"),
    ("a style that is not that of the hash", "policy", "wide-light", edit("</style>", "p{top:0}</style>"),
     "no style is in force"),
    ("no policy", "policy", "wide-light", NO_POLICY, 'the policy is ""'),
    ("a policy that lets styles in", "policy", "wide-light", edit("'sha256-[^']*'", "'unsafe-inline'"),
     "the policy is "),
    ("a link to a script", "inert", "wide-light", element('<a href="javascript:alert(1)">x</a>'), "leads to javascript"),
    ("a link to elsewhere", "inert", "wide-light", element('<a href="https://example.com/">x</a>'), "leads to https"),
    ("a link to nowhere", "inert", "wide-light", element('<a href="#planted">x</a>'), "leads nowhere"),
    ("an attribute that acts", "inert", "wide-light", element('<p onclick="alert(1)">x</p>'), "onclick=alert"),
    ("an element that acts", "inert", "wide-light", element("<button>x</button>"), "there is a <button>"),

    ("a heading left out", "axe", "wide-light", element("<h2>a</h2><h5>b</h5>"), "heading-order"),
    ("a picture without a name", "axe", "wide-light", element('<svg role="img" width="9" height="9"></svg>'),
     "svg-img-alt"),
    ("no language", "axe", "wide-light", edit(' lang="?en"?', ""), "html-has-lang"),
    ("pale words in the light", "axe", "wide-light", both(element(PARAGRAPH), rule(".planted{color:#999!important}")),
     "color-contrast"),
    ("dark words in the dark", "axe", "wide-dark", both(element(PARAGRAPH), rule(".planted{color:#555!important}")),
     "color-contrast"),
    ("a header of a table without words", "axe", "phone-light",
     element("<table><caption>x</caption><tr><th></th></tr><tr><td>1</td></tr></table>"), "empty-table-header"),
    ("no zoom", "axe", "phone-light", edit('content="width=device-width[^"]*"',
                                           'content="width=device-width, user-scalable=no"'), "meta-viewport"),
    ("what rolls, but not by the keyboard", "axe", "phone-light",
     both(element('<div class="planted"><p>' + "words " * 80 + "</p></div>"),
          rule(".planted{overflow:auto;width:9em}.planted p{white-space:nowrap}")), "scrollable-region-focusable"),
    ("links that a finger does not hit", "axe", "phone-light",
     both(element('<div class="planted"><a href="#a" id="a">a</a><a href="#b" id="b">b</a></div>'),
          rule(".planted a{display:block!important;line-height:9px;font-size:9px;width:9px;padding:0!important}")),
     "target-size"),

    ("pale words in a picture", "contrast", "wide-light",
     both(element('<svg width="90" height="20"><text class="planted" y="15">words</text></svg>'),
          rule(".planted{fill:#aaa!important}")), "of 4.5: <text"),
    ("a pale picture in the light", "contrast", "wide-light", rule("svg path{fill:#ddd!important}"), "of 3: <path"),
    ("a dark picture in the dark", "contrast", "wide-dark", rule("svg path{fill:#333!important}"), "of 3: <path"),
    ("a picture of which forced colours leave nothing", "contrast", "wide-forced-dark",
     rule("svg path{fill:#000!important}"), "of 3: <path"),
    ("pale words in the dark", "contrast", "phone-dark",
     both(element(PARAGRAPH), rule(".planted{color:#666!important}")), "of 4.5: <p"),
    ("no dark colours", "ground", "wide-dark", rule("body,:root{color-scheme:light!important;background:#fff!important}"),
     "the ground is 1.00 light"),

    ("a table wider than a phone", "widths", "phone-light",
     both(element('<div class="planted">x</div>'), rule(".planted{width:500px}")), "the page is "),
    ("a table wider than a phone, which rolls", "widths", "phone-light",
     both(element('<div class="roll"><div class="planted">x</div></div>'),
          rule(".roll{overflow:auto}.planted{width:500px}")), "does not show all"),
    ("words that are hidden where they do not fit", "widths", "phone-light",
     both(element(PARAGRAPH), rule(".planted{white-space:nowrap;overflow:hidden;width:4em}")), "does not show all"),
    ("too wide at 200 %", "widths", "zoom-200", both(element(PARAGRAPH), rule(".planted{width:700px}")), "the page is "),
    ("too wide at 400 %", "widths", "zoom-400", both(element(PARAGRAPH), rule(".planted{min-width:350px}")), "the page is "),
    ("too wide with large letters", "widths", "text-200",
     both(element(PARAGRAPH), rule(".planted{min-width:60rem}")), "the page is "),
    ("too low for large letters", "widths", "text-200",
     both(element(PARAGRAPH), rule(".planted{height:20px;overflow:hidden}")), "does not show all"),
    ("too low for spaced letters", "widths", "spaced",
     both(element(PARAGRAPH), rule(".planted{height:1.3em;line-height:1.3;overflow:hidden}")), "does not show all"),
    ("no width of a phone", "widths", "phone-light", edit('<meta name="?viewport[^>]*>', ""), "the page is "),
    ("a header cut by letters", "words", "phone-light",
     rule("th{width:2ch!important;max-width:2ch!important;overflow-wrap:anywhere!important}"), " is cut: <th"),
    ("a word cut by letters", "words", "wide-light",
     both(element(PARAGRAPH), rule(".planted{word-break:break-all;width:5ch}")), " is cut: <p"),
    ("a header wider than its column", "words", "phone-light",
     rule("th{display:block!important;width:2ch!important;min-width:0!important;overflow-wrap:normal!important}"),
     "wide in a cell of"),
    ("a date that is cut", "words", "phone-light",
     both(element('<p class="planted"><time>2026-11-20</time></p>'),
          rule(".planted{width:5em}.planted time{white-space:normal!important}")), "a date is cut"),
    ("a table that is none to those who hear", "heard", "phone-light", edit("<table", '<table role="presentation"'),
     "table, and "),
    ("a list that is none", "heard", "wide-light", edit("<ul", '<ul role="none"'), "list, and "),
    ("what only those who see have", "heard", "wide-light", edit("<h2", '<h2 aria-hidden="true"'), "heading, and "),

    ("an order of its own", "keyboard", "wide-light", edit("(.*)</main>", r'\1<a href="#planted" tabindex="1">x</a></main>'),
     "stop 0 is "),
    ("what the keyboard cannot get to", "keyboard", "wide-light",
     edit("<summary", '<summary tabindex="-1"'), "stop "),
    ("an order that is not that of the eye", "keyboard", "wide-light", rule("nav,nav ul,nav ol,nav p{display:flex!important;"
                                                                           "flex-direction:row-reverse!important}"), "goes back"),
    ("no mark where the keyboard is", "keyboard", "wide-light", rule("*{outline:none!important}"), "not marked"),
    ("a mark as pale as the ground", "keyboard", "wide-dark",
     rule(":focus-visible{outline:2px solid #222!important}"), "not marked"),

    ("pale words on paper", "paper", "print", both(element(PARAGRAPH), rule("@media print{.planted{color:#aaa}}")),
     "pale on paper"),
    ("the dark on paper", "paper", "print-dark",
     rule("@media print{:root,body{background:#111!important}}"), "the ground is rgb(17,17,17)"),
    ("a part that is not printed", "paper", "print", rule("@media print{table{display:none!important}}"), "not printed"),
    ("rows cut by the end of a sheet", "paper", "print", rule("@media print{tr{break-inside:auto!important}}"),
     "may be cut"),
    ("a table wider than paper", "widths", "print",
     both(element(PARAGRAPH), rule("@media print{.planted{width:900px}}")), "the page is "),

    ("a table without a caption", "form", "wide-light", edit("<caption.*?</caption>", ""), "no caption"),
    ("a row without a header", "form", "wide-light", edit('<th scope="?row"?(.*?)</th>', r"<td\1</td>"),
     "no header of the row"),
    ("columns without headers", "form", "wide-light",
     edit("<thead>.*?</thead>", ""), "no headers of columns"),
    ("a picture without numbers", "form", "wide-light", element('<p>x <svg aria-hidden="true" width="9" height="9"></svg></p>'),
     "a picture without numbers"),
    ("a picture that is not named", "form", "wide-light", element('<p>1 <svg width="9" height="9"></svg></p>'),
     "a picture without a name"),
    ("a colour without a sign", "form", "wide-light", edit("[✖▲✔]", "", count=0), "a colour without a sign"),
    ("a date that is only words", "form", "wide-light", element("<p>2026-11-20</p>"), "a date that is no <time>"),
    ("a date without a date", "form", "wide-light", edit('<time datetime="?[^ >]*"?>', "<time>"), "no datetime"),
    ("a page that may be indexed", "form", "wide-light", edit('<meta name="?robots[^>]*>', ""), "may be indexed"),
]

# For vnu, which is asked of all at once: what it is, how it is planted, what the message says.
PLANTED_VNU = [
    ("the same id twice", element('<p id="planted">x</p><p id="planted">y</p>'), "Duplicate ID"),
    ("an element that is not closed", element("<section><p>x"), "Unclosed element"),
    ("an attribute that is none", element('<p colour="red">x</p>'), "not allowed"),
    ("a list without items", element("<ul><p>x</p></ul>"), "not allowed"),
    ("a style that is none", rule("p{colour:red}"), "doesn't exist"),
    ("a date that is none", element('<p><time datetime="2026-13-40">x</time></p>'), "Bad value"),
]
