"""Look at an HTML file with Chromium, as a reader's eyes would.

usage: page-look.py CHROMIUM PROFILE-DIR FILE ...

Speaks the DevTools protocol over a pipe.  Opens each FILE in both themes at
the widths of a phone, a tablet and a desk, and prints one line a claim, "ok
FILE THEME WIDTH CLAIM" or "not FILE THEME WIDTH CLAIM: what was found".
Status 0 where it could look, whatever it saw; 2 where Chromium does not run
here.  SHOTS in the environment is a directory for screenshots.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars",
         "--remote-debugging-pipe", "about:blank"]

LOOK = r"""
(() => {
const found = {};
const say = (claim, list) => {
	found[claim] = [...new Set(list)].slice(0, 5).join(" | ").slice(0, 400);
};
const root = document.documentElement;
say("nothing scrolls sideways", root.scrollWidth > root.clientWidth ?
    [root.scrollWidth + " of " + root.clientWidth] : []);

// What reaches beyond the window, though something may hide that.
const boxed = e => e.closest(".box") && !e.matches(".box");
say("nothing reaches beyond the window",
    [...document.querySelectorAll("body *")].filter(e => {
	const r = e.getBoundingClientRect();
	return r.width > 0 && !boxed(e) && !e.closest("defs") &&
	    (r.right > root.clientWidth + 1 || r.left < -1);
    }).map(e => e.tagName + "." + (e.className.baseVal ?? e.className) +
    " " + e.textContent.slice(0, 30)));

const named = s => {
	const ids = (s.getAttribute("aria-labelledby") || "").split(" ");
	return s.getAttribute("role") == "img" && ids.every(id =>
	    s.ownerDocument.getElementById(id) &&
	    s.contains(document.getElementById(id)) &&
	    document.getElementById(id).textContent.trim() != "");
};
say("every drawing has a name", [...document.querySelectorAll("svg")]
    .filter(s => s.getAttribute("aria-hidden") != "true" && !named(s))
    .map(s => s.outerHTML.slice(0, 80)));
const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
say("no id is there twice", ids.filter((id, i) => ids.indexOf(id) != i));
say("every link leads somewhere", [...document.querySelectorAll("a")]
    .map(a => a.getAttribute("href"))
    .filter(h => !h.startsWith("#") || !document.getElementById(h.slice(1))));
say("every table has headings", [...document.querySelectorAll("table")]
    .filter(t => !t.caption || !t.querySelector("thead th[scope=col]"))
    .map(t => t.textContent.slice(0, 40)));
say("one title, and headings in order", (() => {
	const h = [...document.querySelectorAll("h1,h2,h3")]
	    .map(e => +e.tagName[1]);
	return h.filter(n => n == 1).length == 1 && h[0] == 1 &&
	    h.every((n, i) => i == 0 || n - h[i - 1] <= 1) ? [] : [h.join()];
})());
say("no script, no picture, no link to others", [...document
    .querySelectorAll("script,img,iframe,object,embed,link,image,[src]")]
    .map(e => e.tagName));
say("no handler of events", [...document.querySelectorAll("*")]
    .filter(e => [...e.attributes].some(a => a.name.startsWith("on")))
    .map(e => e.tagName));

// Contrast, WCAG 2.1: of text with what is behind it, of marks with the page.
const probe = document.createElement("canvas").getContext("2d",
    { willReadFrequently: true });
const rgb = c => {
	probe.clearRect(0, 0, 1, 1);
	probe.fillStyle = c;
	probe.fillRect(0, 0, 1, 1);
	return [...probe.getImageData(0, 0, 1, 1).data];
};
const lum = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ?
    v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
	const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p);
	return (x + 0.05) / (y + 0.05);
};
const behind = e => {
	for (; e; e = e.parentElement) {
		const c = rgb(getComputedStyle(e).backgroundColor);
		if (c[3] == 255)
			return c;
	}
	return rgb(getComputedStyle(document.body).backgroundColor);
};
const poor = [], texts = document.createTreeWalker(document.body,
    NodeFilter.SHOW_TEXT);
let seen = 0;
while (texts.nextNode()) {
	const e = texts.currentNode.parentElement;
	if (!texts.currentNode.data.trim() || e.closest("title,desc") ||
	    !e.getClientRects().length)
		continue;
	seen++;
	const s = getComputedStyle(e);
	const ratio = contrast(rgb(e instanceof SVGElement ? s.fill :
	    s.color), behind(e));
	if (ratio < 4.5)
		poor.push(ratio.toFixed(2) + " " + e.textContent.slice(0, 30));
}
say("text stands out, 4.5 to 1", seen ? poor : ["no text at all"]);
const ground = rgb(getComputedStyle(document.body).backgroundColor);
say("marks stand out, 3 to 1", [...document.querySelectorAll(
    "rect:not(.rail),circle,.k")].filter(e => !e.closest(".icon"))
    .filter(e => e.className.baseVal ?? /c\d/.test(e.className))
    .map(e => [e, rgb(e instanceof SVGElement ? getComputedStyle(e).fill :
	getComputedStyle(e).backgroundColor)])
    .concat([...document.querySelectorAll(".span,.mark,.base,#x")]
	.map(e => [e, rgb(getComputedStyle(e).stroke)]))
    .filter(([e, c]) => contrast(c, ground) < 3 ||
	getComputedStyle(e).opacity != 1)
    .map(([e, c]) => contrast(c, ground).toFixed(2) + " " + e.outerHTML));
// Words in drawings do not lie on each other.
const over = [];
for (const svg of document.querySelectorAll("svg")) {
	const t = [...svg.querySelectorAll("text")]
	    .map(e => [e, e.getBoundingClientRect()])
	    .filter(([e, r]) => r.width > 0);
	for (let i = 0; i < t.length; i++)
		for (let j = i + 1; j < t.length; j++) {
			const [a, b] = [t[i][1], t[j][1]];
			if (a.left < b.right - 0.5 && b.left < a.right - 0.5 &&
			    a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3)
				over.push(t[i][0].textContent + " / " +
				    t[j][0].textContent);
		}
}
say("no words lie on others", over);
say("no number is broken", [...document
    .querySelectorAll("td.n,.key dd:first-of-type")].filter(e => {
	const range = document.createRange();
	range.selectNodeContents(e);
	return new Set([...range.getClientRects()]
	    .map(r => Math.round(r.top))).size > 1;
    }).map(e => e.textContent));
found.ground = lum(ground);
return found;
})()
"""


class Chromium:
    def __init__(self, program, profile):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()

        def set_up():
            # Both may be 3 or 4 already.
            a, b = os.dup(to_child), os.dup(from_child)
            a, b = (os.dup(a), os.dup(b)) if a < 5 or b < 5 else (a, b)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.child = subprocess.Popen(
            [program, "--user-data-dir=" + profile] + FLAGS,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=set_up)
        os.close(to_child)
        os.close(from_child)
        self.rest, self.serial, self.events = b"", 0, []

    def read(self):
        while b"\0" not in self.rest:
            more = os.read(self.inp, 1 << 16)
            if not more:
                raise EOFError("Chromium ended")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, session=None, **params):
        self.serial += 1
        message = {"id": self.serial, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.serial:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.read())

    def close(self):
        try:
            self.call("Browser.close")
        except (EOFError, OSError):
            pass
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def complaints(events, url):
    """What the console said, and what was asked for beside the page."""
    said, asked = [], []
    for event in events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded":
            said.append(params["entry"]["text"])
        elif method in ("Runtime.consoleAPICalled", "Audits.issueAdded",
                        "Runtime.exceptionThrown"):
            said.append(json.dumps(params)[:300])
        elif method == "Network.requestWillBeSent":
            if params["request"]["url"] != url:
                asked.append(params["request"]["url"])
    return said, asked


def look(browser, session, path, theme, width):
    url, name = path.resolve().as_uri(), path.stem
    call = browser.call
    browser.events.clear()
    call("Emulation.setEmulatedMedia", session, features=[
        {"name": "prefers-color-scheme", "value": theme}])
    call("Emulation.setDeviceMetricsOverride", session, width=width,
         height=800, deviceScaleFactor=1, mobile=width < 600)
    call("Page.navigate", session, url=url)
    browser.wait("Page.loadEventFired")
    result = call("Runtime.evaluate", session, expression=LOOK,
                  returnByValue=True)
    if "exceptionDetails" in result:
        raise RuntimeError(json.dumps(result["exceptionDetails"]))
    found = result["result"]["value"]
    ground = found.pop("ground")
    dark = theme == "dark"
    found["the ground is " + theme] = (
        "" if (ground < 0.05) == dark and (ground > 0.8) != dark
        else f"{ground:.3f}")
    said, asked = complaints(browser.events, url)
    found["the console says nothing"] = " | ".join(said)
    found["nothing is asked of the network"] = " | ".join(asked)
    for claim, trouble in found.items():
        print("not" if trouble else "ok", name, theme, width, claim +
              (": " + trouble.replace("\n", " ") if trouble else ""))
    if os.environ.get("SHOTS"):
        data = call("Page.captureScreenshot", session, format="png",
                    captureBeyondViewport=True)["data"]
        shot = pathlib.Path(os.environ["SHOTS"],
                            f"{name}-{theme}-{width}.png")
        shot.write_bytes(base64.b64decode(data))


def main():
    program, profile = sys.argv[1:3]
    browser = Chromium(program, profile)
    try:
        target = browser.call("Target.createTarget", url="about:blank")
    except (EOFError, OSError):
        browser.child.wait()
        return 2
    session = browser.call("Target.attachToTarget", flatten=True,
                           targetId=target["targetId"])["sessionId"]
    for domain in ("Page", "Network", "Log", "Runtime", "Audits"):
        browser.call(domain + ".enable", session)
    for path in sys.argv[3:]:
        for theme in ("light", "dark"):
            for width in (360, 768, 1280):
                look(browser, session, pathlib.Path(path), theme, width)
    browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
