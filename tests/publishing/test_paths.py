"""The paths of records, which are those of the patterns of the site."""

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix
from hypothesis import given
from hypothesis import strategies as st

from publishing.api.addresses import api_path
from publishing.models import published_models
from publishing.paths import path_to

NAMES = [
    name
    for model in published_models()
    for name in (
        f"{model._meta.app_label}:{model._meta.model_name}_detail",
        f"api:{model.api_name}-detail",
    )
]


@given(st.sampled_from(NAMES), st.from_regex(r"[-a-zA-Z0-9_]{1,120}", fullmatch=True))
def test_a_path_is_the_one_that_django_gives(name, slug):
    assert path_to(name, slug) == reverse(name, args=[slug])


@pytest.mark.parametrize("slug", ["", "é", "a/b", "a b"])
def test_what_is_no_slug_has_no_path(slug):
    with pytest.raises(NoReverseMatch):
        path_to(NAMES[0], slug)


def test_a_site_below_a_path_says_so_in_each():
    record = published_models()[0](slug="etude")
    try:
        set_script_prefix("/veille/")
        assert record.get_absolute_url().startswith("/veille/")
        assert api_path(record).startswith("/veille/api/")
    finally:
        set_script_prefix("/")
    assert not record.get_absolute_url().startswith("/veille/")
