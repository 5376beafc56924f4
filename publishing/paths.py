"""The path of a record, at the cost of a concatenation.

A page or an answer holds hundreds of them, and Django tries each pattern of the site for each.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
# In the place of the slug while its surroundings are looked for: no address holds it.
MARK = "--slug--"


def path_to(name: str, slug: str) -> str:
    """As `reverse(name, args=[slug])`; raises `NoReverseMatch` likewise."""
    if not SLUG.fullmatch(slug):
        return reverse(name, args=[slug])
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    before, after = _around(name, urlconf, get_script_prefix())
    return f"{before}{slug}{after}"


@lru_cache(maxsize=256)
def _around(name: str, urlconf: str, script_prefix: str) -> tuple[str, str]:
    """What stands before the slug and after it; the last argument is in what is answered."""
    before, _, after = reverse(name, urlconf=urlconf, args=[MARK]).partition(MARK)
    return before, after
