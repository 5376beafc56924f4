"""Side notes: what a note says, beside the words that call it, where the screen is wide.

They repeat the notes that stand at the end of the page, for the eye alone: assistive technologies,
narrow screens and paper are left with those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

# As `notes.render_with_notes` writes a call; its HTML is sanitised, so that no text can imitate it
# with other tags inside.
_CALL = re.compile(r'<sup class="note-call"><a [^>]*>(\d+)</a></sup>')


def with_side_notes(html: str, side_notes: Mapping[int, str]) -> SafeString:
    """The safe HTML of one text, where `side_notes[n]` follows its first call of the note n.

    `side_notes` are safe HTML that may stand in a paragraph, by number. Later calls of the same
    text add nothing: a text that rests on one source would repeat it at each line.
    """
    said: set[int] = set()

    def call_and_note(call: re.Match[str]) -> str:
        number = int(call[1])
        if number in said:
            return call[0]
        said.add(number)
        return call[0] + side_notes.get(number, "")

    return mark_safe(_CALL.sub(call_and_note, html))
