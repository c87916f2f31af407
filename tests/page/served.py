#!/usr/bin/env python3
"""served.py FOLDER URL: the page index.html of the folder, in a browser that gets it from a web server there.
served.py URL...: these pages, as they are.

Prints what the policies forbid of the page as it is; of the page without a policy of its own, so that the header
of the server is the only one; and then of a page in which something is planted that the header must forbid."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import VIEWS, read  # noqa: E402
from chromium import Browser, Tab  # noqa: E402
from planted import NO_POLICY, both, edit, element  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = [
    ("the page", "index", None),
    ("without its own policy", "plain", NO_POLICY),
    ("and with a style of an element", "styled", both(NO_POLICY, element('<p style="color:red">x</p>'))),
    ("and with another style", "other", both(NO_POLICY, edit("</style>", "p{top:0}</style>"))),
    ("and with a script", "script", both(NO_POLICY, element("<script>document.title = 'x'</script>"))),
    ("and with a picture of the server", "picture", both(NO_POLICY, element('<img src="x.png" alt="x">')))]


def forbidden(browser, url):
    """What the policies forbid, and whether the page has a style."""
    with Tab(browser, url, VIEWS["wide-light"]) as tab:
        tab.evaluate(read(os.path.join(HERE, "checks.js")))
        complaints = tab.evaluate("[...violations, ...checks.styled()]")
        return ", ".join(complaints).replace(url[:url.rindex("/") + 1], "") or "nothing"


def main():
    if sys.argv[1].startswith("http:"):
        with Browser() as browser:
            for url in sys.argv[1:]:
                print(forbidden(browser, url))
        return
    folder, url = sys.argv[1:]
    html = read(os.path.join(folder, "index.html"))
    with Browser() as browser:
        for what, name, plant in CASES:
            if plant:
                with open(os.path.join(folder, name + ".html"), "w") as file:
                    file.write(plant(html))
            print(f"{what}: {forbidden(browser, url + name + '.html')}")


if __name__ == "__main__":
    main()
