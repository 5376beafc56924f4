"""Whatever a content file holds, reading it gives nodes or tells an error: never a traceback."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publishing.content.nodes import (
    Node,
    Place,
    Problem,
    Unreadable,
    decode,
    read_markdown,
    read_yaml,
)
from publishing.content.types import record_types

PLACE = Place("fichier.yaml", 1)
YAML_LIKE = st.text(st.sampled_from("ab:- \n\t[]{},\"'|>&*!#%@?\\0é~"), max_size=60)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "1", "-3", "1e9", "2025-02-30", "0001-01-01", "9999-12-31T23:59:59-14:00"]
    ),
    st.sampled_from(["true", "non", "published", "major", "FR", "avril 2025", "678,8", "NaN"]),
)


def node_of(value) -> Node:
    if isinstance(value, dict):
        return Node({key: node_of(child) for key, child in value.items()}, PLACE)
    if isinstance(value, list):
        return Node([node_of(child) for child in value], PLACE)
    return Node(value, PLACE)


def records():
    """Mappings whose keys are often known, and whose values are anything."""
    known = sorted({key for kind in record_types().values() for key in kind.keys})
    names = st.one_of(st.sampled_from([*known, "source", "company"]), st.text(max_size=5))
    values = st.recursive(
        st.none() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    )
    slug = st.fixed_dictionaries({"slug": st.just("a")})
    return st.builds(dict.__or__, slug, st.dictionaries(names, values, max_size=6))


@given(st.one_of(st.binary(max_size=60), YAML_LIKE.map(str.encode)))
def test_any_bytes_are_read_or_refused(data):
    for read in (read_yaml, read_markdown):
        try:
            told = read(decode(data, "fichier"), "fichier")
        except Unreadable as error:
            told = error.problem
        assert told.place.path == "fichier"
        assert told.place.line >= 1


@given(st.data())
def test_any_record_of_any_type_is_read_or_refused(data):
    kind = data.draw(st.sampled_from(list(record_types().values())))

    record, problems = kind.read(node_of(data.draw(records())), {})

    assert all(isinstance(problem, Problem) for problem in problems)
    assert record is None or record.readable == (not problems)


@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_a_text_is_found_where_it_stands(value):
    node = node_of(value)
    for text in [leaf for leaf in _leaves(value) if leaf]:
        assert node.holds(text)
        assert node.place_of(text) == PLACE


def _leaves(value) -> list[str]:
    return (
        [leaf for child in value for leaf in _leaves(child)] if isinstance(value, list) else [value]
    )
