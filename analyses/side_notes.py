"""Side notes: what a note says, beside the words that call it, where the screen is wide.

They repeat the notes that stand at the end of the page, for the eye alone: assistive technologies,
narrow screens and paper are left with those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

# As `notes.render_with_notes` writes a call, and calls in a row; its HTML is sanitised, so that no
# text can imitate it with other tags inside.
_CALL = r'<sup class="note-call"><a [^>]*>\d+</a></sup>'
_CALLS = re.compile(rf"{_CALL}(?:\s*{_CALL})*")
_NUMBER = re.compile(r">(\d+)</a>")


def with_side_notes(html: str, side_notes: Mapping[int, str]) -> SafeString:
    """The safe HTML of one text, where `side_notes[n]` follows its first call of the note n.

    `side_notes` are safe HTML that may stand in a paragraph, by number. They follow calls in a row
    together, so as not to cut them from one another. Later calls of the same text add nothing: a
    text that rests on one source would repeat it at each line.
    """
    said: set[int] = set()

    def calls_and_notes(calls: re.Match[str]) -> str:
        numbers = dict.fromkeys(int(number) for number in _NUMBER.findall(calls[0]))
        new = [number for number in numbers if number not in said]
        said.update(new)
        return calls[0] + "".join(side_notes.get(number, "") for number in new)

    return mark_safe(_CALLS.sub(calls_and_notes, html))
