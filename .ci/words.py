#!/usr/bin/env python3
"""Refuses documentation that opens a sentence with What, Whose or Whom, or has lines over 100 columns.

It reads the doc comments of src, README.md, the guides and the Markdown of .github. With --count it prints how sentences of the doc
comments open, for the figures that the CHANGELOG states.
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = 100
OPENS = re.compile(r"(?:^|(?<=[.!?] ))\**(What|Whose|Whom)\b")
DOC = re.compile(r"\s*//[/!](?: |$)")


def doc_lines():
    """Each documentation line: file, number, the whole line, its prose; the prose of code blocks is empty."""
    rust = sorted((ROOT / "src").rglob("*.rs"))
    markdown = [ROOT / "README.md", *sorted((ROOT / "src").rglob("*.md")), *sorted((ROOT / ".github").glob("*.md"))]
    for path in rust + markdown:
        is_code = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            comment = DOC.match(line)
            if path.suffix == ".rs" and not comment:
                is_code = False
                continue
            prose = line[comment.end() :] if comment else line
            if prose.strip().startswith("```"):
                is_code = not is_code
                continue
            yield path.relative_to(ROOT), number, line, "" if is_code else prose


def openings():
    """The first word of each sentence of the doc comments."""
    words = collections.Counter()
    blocks, block = [], []
    last = None
    for path, number, line, prose in doc_lines():
        if path.suffix != ".rs":
            continue
        if last != (path, number - 1) or not prose.strip():
            blocks.append(" ".join(block))
            block = []
        last = (path, number)
        if prose.strip() and not prose.lstrip().startswith(("|", "#")):
            block.append(prose.strip().lstrip("-* "))
    for text in blocks:
        for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z`\[])", text):
            word = re.match(r"[A-Za-z']+", sentence)
            if word:
                words[word.group()] += 1
    return words


def main():
    if "--count" in sys.argv:
        words = openings()
        total = sum(words.values())
        questions = sum(words[word] for word in ("What", "Who", "Whose", "Whom", "Whether", "Where"))
        print(f"{total} sentences, {100 * questions / total:.1f} % open with What, Who, Whose, Whom, Whether or Where")
        print(", ".join(f"{word} {count}" for word, count in words.most_common(40)))
        return 0
    wrong = 0
    for path, number, line, prose in doc_lines():
        if len(line) > COLUMNS and "http" not in line:
            print(f"{path}:{number}: {len(line)} columns")
            wrong += 1
        if OPENS.search(prose.strip()):
            print(f"{path}:{number}: opens with a question word: {prose.strip()}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
