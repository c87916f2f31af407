// What a page looks like, measured in the browser: each function returns complaints.
globalThis.checks = (() => {
	const style = element => getComputedStyle(element);
	const all = selector => [...document.querySelectorAll(selector)];

	// Where something is, in a few words.
	function name(element) {
		const text = (element.textContent || element.getAttribute("aria-label") || "").trim();
		return `<${element.localName}${element.className && element.className.baseVal === undefined
			? " class=" + element.className : ""}> "${text.replace(/\s+/g, " ").slice(0, 40)}"`;
	}

	// Seen by those who see: neither closed, nor left to those who hear.
	function isSeen(element) {
		const box = element.getBoundingClientRect();
		return element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
			&& box.width > 1 && box.height > 1;
	}

	function texts() {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		while (walker.nextNode())
			if (walker.currentNode.data.trim() && isSeen(walker.currentNode.parentElement))
				found.push(walker.currentNode);
		return found;
	}

	// How many lines a part of a text takes.
	function lines(node, from, to) {
		const range = document.createRange();
		range.setStart(node, from);
		range.setEnd(node, to);
		return new Set([...range.getClientRects()].filter(box => box.width > 0).map(box => Math.round(box.top))).size;
	}

	// --- colours, as the screen mixes them
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
	function mix(colours) {
		canvas.clearRect(0, 0, 1, 1);
		for (const colour of colours) {
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
		}
		return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
	}
	function luminance(rgb) {
		const [r, g, b] = rgb.map(value => value / 255).map(value =>
			value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	}
	function ratio(one, other) {
		const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
		return (high + 0.05) / (low + 0.05);
	}
	function backgrounds(element) {
		const found = [];
		for (let e = element; e; e = e.parentElement)
			if (!(e instanceof SVGElement) || e.localName === "svg")
				found.unshift(style(e).backgroundColor);
		// Canvas is black in the dark.
		const scheme = style(document.documentElement).colorScheme;
		const isDark = matchMedia("(prefers-color-scheme: dark)").matches && scheme.includes("dark");
		return [isDark && !matchMedia("print").matches ? "#121212" : "#fff", ...found];
	}

	return {
		// Folded parts are looked at, too.
		unfold() {
			for (const details of all("details"))
				details.open = true;
		},

		widths(limit) {
			const wrong = [];
			if (document.scrollingElement.scrollWidth > limit)
				wrong.push(`the page is ${document.scrollingElement.scrollWidth} wide, the screen ${limit}`);
			for (const element of all("body *")) {
				if (!isSeen(element) || element.closest("svg") && element.localName !== "svg")
					continue;
				const box = element.getBoundingClientRect();
				if (box.right > limit + 0.5 || box.left < -0.5)
					wrong.push(`from ${Math.round(box.left)} to ${Math.round(box.right)}: ${name(element)}`);
				const { overflowX, overflowY, textOverflow } = style(element);
				if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1
					|| overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1)
					wrong.push(`does not show all: ${name(element)}`);
			}
			return wrong;
		},

		// No word is cut between letters; a header is as wide as its longest word.
		words() {
			const wrong = [];
			for (const node of texts()) {
				// Keys are no words.
				if (node.parentElement.closest("svg, code, pre") || lines(node, 0, node.length) < 2)
					continue;
				// Chinese and its like have no such words, and what nobody could write on one line is cut.
				for (const word of node.data.matchAll(/[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{N}\p{M}]+/gu))
					if (word[0].length <= 24 && lines(node, word.index, word.index + word[0].length) > 1)
						wrong.push(`"${word[0]}" is cut: ${name(node.parentElement)}`);
			}
			for (const time of all("time"))
				if (isSeen(time) && lines(time, 0, time.childNodes.length) > 1 && time.textContent.length <= 10)
					wrong.push(`a date is cut: ${name(time)}`);
			for (const cell of all("th, td"))
				if (isSeen(cell) && cell.scrollWidth > cell.clientWidth + 1)
					wrong.push(`${cell.scrollWidth} wide in a cell of ${cell.clientWidth}: ${name(cell)}`);
			return wrong;
		},

		// Of all letters and pictures, on what is behind them.
		contrast() {
			const wrong = [];
			const judge = (element, colour, wanted) => {
				const behind = backgrounds(element), found = ratio(mix([...behind, colour]), mix(behind));
				if (found < wanted)
					wrong.push(`${found.toFixed(1)} of ${wanted}: ${name(element)}`);
			};
			for (const element of new Set(texts().map(node => node.parentElement)))
				judge(element, element.closest("svg") ? style(element).fill : style(element).color, 4.5);
			for (const shape of all("svg path, svg rect, svg circle, svg line, svg polygon, svg polyline")) {
				if (!isSeen(shape.ownerSVGElement))
					continue;
				const { fill, stroke } = style(shape);
				for (const colour of [fill, stroke])
					if (colour !== "none")
						judge(shape, colour, 3);
			}
			return wrong;
		},

		// On paper, whose background is not printed.
		paper() {
			const wrong = [];
			for (const element of new Set(texts().map(node => node.parentElement))) {
				const colour = element.closest("svg") ? style(element).fill : style(element).color;
				if (ratio(mix(["#fff", colour]), [255, 255, 255]) < 4.5)
					wrong.push(`pale on paper: ${name(element)}`);
			}
			const ground = mix(backgrounds(document.body));
			if (luminance(ground) < 0.99)
				wrong.push(`the ground is rgb(${ground})`);
			for (const part of all("h1, h2, h3, table, tr, svg"))
				// Cells may say by themselves what the header says.
				if (!part.closest("details:not([open]), nav") && !isSeen(part) && !(part.closest("thead")
					&& getComputedStyle(part.closest("table").querySelector("td"), "::before").content !== "none"))
					wrong.push(`not printed: ${name(part)}`);
			for (const row of all("tr, figure"))
				if (style(row).breakInside === "auto")
					wrong.push(`may be cut by the end of a sheet: ${name(row)}`);
			return wrong;
		},

		ground(isDark) {
			const light = luminance(mix(backgrounds(document.body)));
			return (isDark ? light < 0.1 : light > 0.8) ? [] : [`the ground is ${light.toFixed(2)} light`];
		},

		// What a page says by its form.
		form() {
			const wrong = [];
			const want = (good, what) => good || wrong.push(what);
			want(document.documentElement.lang === "en", "no language");
			want(document.querySelector("meta[name=robots]")?.content.includes("noindex"), "may be indexed");
			want(document.querySelector("meta[name=viewport]")?.content.includes("width=device-width"), "no viewport");
			want(document.title.length > 8, "no title");
			want(all("h1").length === 1, `${all("h1").length} h1`);
			want(all("main").length === 1, `${all("main").length} main`);
			for (const table of all("table")) {
				want(table.caption?.textContent.trim(), `no caption: ${name(table)}`);
				want(table.querySelector("thead th[scope=col]"), `no headers of columns: ${name(table)}`);
				for (const row of table.querySelectorAll("tbody tr"))
					want(row.cells[0]?.matches("th[scope=row]"), `no header of the row: ${name(row)}`);
			}
			for (const picture of all("svg")) {
				want(picture.getAttribute("aria-hidden") === "true" || picture.getAttribute("role") === "img"
					&& (picture.getAttribute("aria-label") || picture.querySelector("title")?.textContent),
				`a picture without a name: ${name(picture.parentElement)}`);
				const beside = picture.closest("tr, figure, li, p, article")?.cloneNode(true);
				beside?.querySelectorAll("svg").forEach(one => one.remove());
				want(/\d/.test(beside?.textContent), `a picture without numbers: ${name(picture.parentElement)}`);
			}
			for (const element of all(".verdict, .card"))
				want(/[✖▲✔]/.test(element.textContent), `a colour without a sign: ${name(element)}`);
			for (const time of all("time"))
				want(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(time.dateTime || time.textContent),
					`no datetime: ${name(time)}`);
			for (const node of texts())
				want(!/\b20\d\d-\d\d-\d\d\b/.test(node.data) || node.parentElement.closest("time, code, q, blockquote, pre, svg"),
					`a date that is no <time>: ${name(node.parentElement)}`);
			return wrong;
		},

		// Nothing that acts, and nothing that leads elsewhere, whoever's words they are.
		inert() {
			const wrong = all("script, iframe, object, embed, form, input, button, base, link, img, video, audio, template")
				.map(element => `there is a ${name(element)}`);
			for (const element of all("*"))
				for (const { name: key, value } of element.attributes) {
					if (key.startsWith("on") || ["src", "srcset", "action", "ping", "style", "background"].includes(key))
						wrong.push(`${key}=${value.slice(0, 40)}: ${name(element)}`);
					if (/href$/.test(key) && !value.startsWith("#"))
						wrong.push(`leads to ${value.slice(0, 40)}: ${name(element)}`);
					if (/href$/.test(key) && value.startsWith("#") && !document.getElementById(value.slice(1)))
						wrong.push(`leads nowhere: ${value.slice(0, 40)}`);
				}
			return wrong;
		},

		// What the policy of the page is, and that it takes the page as it is.
		policy() {
			const wrong = violations.map(violation => `the policy forbids ${violation}`);
			const policy = document.querySelector("head meta[http-equiv=Content-Security-Policy]")?.content ?? "";
			if (!/^default-src 'none';/.test(policy) || /unsafe|https?:|\*/.test(policy))
				wrong.push(`the policy is "${policy}"`);
			return wrong.concat(checks.styled());
		},
		styled() {
			return document.styleSheets[0]?.cssRules.length ? [] : ["no style is in force"];
		},

		// Of each kind, how many there are for those who hear the page.
		heard: () => ({ table: all("table").length, row: all("tr").length, caption: all("caption").length,
			columnheader: all("th[scope=col]").length, rowheader: all("th[scope=row]").length,
			list: all("ul, ol").length, heading: all("h1, h2, h3, h4").length }),

		// --- keyboard
		stops: () => all("a[href], summary, button, input, select, textarea, [tabindex]").filter(isSeen),
		// Where the keyboard is now: its number among the stops, and whether that can be seen.
		async focus() {
			await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			const element = document.activeElement, box = element.getBoundingClientRect();
			const { outlineStyle, outlineColor, outlineWidth } = style(element);
			const behind = backgrounds(element.parentElement ?? element);
			return {
				index: checks.stops().indexOf(element), name: name(element),
				top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left,
				isOnScreen: box.top >= -1 && box.bottom <= innerHeight + 1,
				isMarked: outlineStyle === "auto" || outlineStyle !== "none" && parseFloat(outlineWidth) >= 1
					&& ratio(mix([...behind, outlineColor]), mix(behind)) >= 3,
			};
		},

		async axe() {
			const result = await axe.run(document, {
				resultTypes: ["violations"],
				rules: Object.fromEntries(["target-size", "td-has-header", "table-fake-caption", "p-as-heading"]
					.map(rule => [rule, { enabled: true }])),
			});
			return result.violations.flatMap(({ id, nodes }) => nodes.map(node =>
				`${id}: ${node.html.slice(0, 80)}: ${node.failureSummary.split("\n").slice(-1)}`));
		},
	};
})();
undefined;
