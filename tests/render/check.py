"""Checks what the tools made of the pictures, in the directory given: nothing is missing, and no name is more than text."""

import collections
import html.parser
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"]:::x<script>alert(1)</script>'
MOMENTS = 7


class Page(html.parser.HTMLParser):
    """A page as Chromium left it: its elements, and the lines of text in its paragraphs."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.paragraphs, self.path, self.texts = [], [], [], collections.defaultdict(str)
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), tuple(self.path)))
        if tag == "p":
            self.paragraphs.append([""])
        elif tag == "br" and "p" in self.path:
            self.paragraphs[-1].append("")
        if tag not in ("br", "meta", "link", "img", "input"):
            self.path.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), tuple(self.path)))

    def handle_endtag(self, tag):
        while self.path and self.path.pop() != tag:
            pass

    def handle_data(self, text):
        if self.path:
            self.texts[self.path[-1]] += text
        if "p" in self.path:
            self.paragraphs[-1][-1] += text

    def tags(self, name):
        return [attributes for tag, attributes, _ in self.elements if tag == name]

    def with_class(self, name):
        return [1 for _, attributes, _ in self.elements if name in (attributes.get("class") or "").split()]


def equal(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: expected {expected!r}, found {found!r}")


def by_graphviz(work, picture, nodes):
    """The lines of all labels."""
    svg = xml.etree.ElementTree.parse(work / picture / "dot.svg").getroot()
    groups = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "node"]
    equal(len(groups), nodes, f"{picture}, nodes that Graphviz drew")
    texts = [text.text for group in groups for text in group.iter(f"{SVG}text")]
    return sorted(text.replace("\u00a0", " ") for text in texts)


def by_mermaid(work, picture, nodes):
    """The lines of all labels of nodes, drawn once in each of two security levels."""
    page = Page((work / picture / "mermaid.dom").read_text())
    equal(page.texts["pre"], "", f"{picture}, what Mermaid complained of")
    equal(page.texts["title"], "rendered", f"{picture}, whether Mermaid drew it")
    equal(len(page.with_class("node")), 2 * nodes, f"{picture}, nodes that Mermaid drew")
    in_labels = {tag for tag, _, path in page.elements if "p" in path}
    equal(in_labels, {"br"}, f"{picture}, elements in Mermaid's labels")
    equal(len(page.tags("script")), 3, f"{picture}, scripts in Mermaid's page")
    # Edges are labelled as well, and marks of Markdown stand between spaces without width.
    lines = [line.replace("\ufeff", "") for lines in page.paragraphs if lines != ["before"] for line in lines]
    counts = collections.Counter(lines)
    equal([line for line, count in counts.items() if count % 2], [], f"{picture}, lines in one security level only")
    return sorted(line for line, count in counts.items() for _ in range(count // 2))


def check_picture(work, picture):
    nodes = len(re.findall(r"^  n\d+\[", (work / f"{picture}.mmd").read_text(), re.MULTILINE))
    graphviz, mermaid = by_graphviz(work, picture, nodes), by_mermaid(work, picture, nodes)
    equal(mermaid, graphviz, f"{picture}, what is read in Mermaid's picture and in Graphviz'")
    return nodes, graphviz


def check_page(work):
    """The page of the example, before and after its script has run."""
    for name, hidden in (("graph.html", 0), ("graph.dom", MOMENTS - 1)):
        page = Page((work / name).read_text())
        sections = page.tags("section")
        equal(len(sections), MOMENTS, f"{name}, moments")
        equal(sum("hidden" in section for section in sections), hidden, f"{name}, moments hidden")
        equal(len(page.tags("button")), MOMENTS if hidden else 0, f"{name}, buttons")
        drawn = [path for tag, _, path in page.elements if tag == "svg"]
        equal(["section" in path for path in drawn], [True] * MOMENTS, f"{name}, pictures in moments")
        equal(len(page.tags("desc")), MOMENTS, f"{name}, descriptions")
        equal(len(page.with_class("task")), MOMENTS * 17, f"{name}, tasks")
        equal(page.texts["text"].count(HOSTILE), MOMENTS, f"{name}, the hostile name as text")
        equal(len(page.tags("script")), 1, f"{name}, scripts")
        fetched = [attributes for _, attributes, _ in page.elements if {"src", "href", "xlink:href"} & attributes.keys()]
        equal(fetched, [], f"{name}, elements that fetch something")


def check_places(work):
    """In every moment boxes lie apart, within the picture, and every line begins and ends at a box or at another line."""
    for svg in re.findall(r"<svg.*?</svg>", (work / "graph.html").read_text(), re.DOTALL):
        number = r'="(-?[0-9.]+)" '
        rects = re.findall(rf"</title>\s*<rect x{number}y{number}width{number}height{number}", svg)
        boxes = [tuple(map(float, rect)) for rect in rects]
        equal(len(boxes), 17, "graph.html, boxes")
        width, height = map(float, re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg).groups())
        for at, (x, y, w, h) in enumerate(boxes):
            equal(x >= 0 and y >= 0 and x + w <= width and y + h <= height, True, f"graph.html, box {at} in the picture")
            apart = [x + w < x2 or x2 + w2 < x or y + h < y2 or y2 + h2 < y for x2, y2, w2, h2 in boxes[at + 1 :]]
            equal(all(apart), True, f"graph.html, box {at} apart from others")
        lines = re.findall(r'class="edge \w+" d="M([0-9.]+) ([0-9.]+)H[0-9.]+V([0-9.]+)H([0-9.]+)"', svg)
        equal(len(lines), 16, "graph.html, lines")
        waits = re.findall(r'class="wait" d="M([0-9.]+) ([0-9.]+)H', svg)
        equal(len(waits), 3, "graph.html, dashed lines")
        for right, start in [line[:2] for line in lines] + waits:
            meets = [x + w == float(right) and y < float(start) < y + h for x, y, w, h in boxes]
            equal(sum(meets), 1, "graph.html, boxes at which a line begins")
        for end, left in [line[2:] for line in lines]:
            meets = [x == float(left) and y < float(end) < y + h for x, y, _, h in boxes]
            equal(sum(meets), 1, "graph.html, boxes at which a line ends")


def main():
    work = pathlib.Path(sys.argv[1])
    nodes, lines = check_picture(work, "execution")
    equal(nodes, 17, "execution, nodes")
    equal(lines.count(HOSTILE), 1, "execution, the hostile name as text")
    names = json.loads((work / "names.json").read_text())
    nodes, lines = check_picture(work, "names")
    equal(nodes, len(names), "names, nodes")
    equal(lines, sorted(names + ["names", "0 powers, live"] * nodes), "names, as text")
    check_page(work)
    check_places(work)
    print(f"graph.html has {MOMENTS} moments; Graphviz and Mermaid drew both pictures, {nodes} hostile names as text")


main()
