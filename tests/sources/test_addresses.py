"""What the address of a source tells: home page, upload, answer of a machine, same page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.addresses import (
    is_home_page,
    is_machine_answer,
    is_private_upload,
    same_page,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.lemonde.fr",
        "https://www.forbes.com/",
        "https://example.org/fr/",
        "https://example.org/fr-FR/index.html",
        "http://example.org/index.php",
        "https://example.org/accueil",
        "https://example.org/#",
    ],
)
def test_a_home_page_is_known_by_its_path(url):
    assert is_home_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.org/article",
        "https://example.org/fr/etude",
        "https://example.org/?p=12",
        "https://example.org/#/etude",
        "https://example.org/2025",
        "https://example.org/index/2025.html",
        "https://[",
    ],
)
def test_a_precise_address_is_no_home_page(url):
    assert not is_home_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://ppl-ai-file-upload.s3.amazonaws.com/web/direct-files/5/a/paste.txt",
        "https://example.s3.amazonaws.com/rapport.pdf?X-Amz-Expires=900&X-Amz-Signature=ab",
        "https://storage.googleapis.com/b/a.pdf?X-Goog-Signature=ab",
        "https://d1.cloudfront.net/a.pdf?Expires=1&Signature=b&Key-Pair-Id=c",
        "https://b.blob.core.windows.net/c/a.pdf?sv=1&se=2025-01-01&sig=b",
        "https://we.tl/t-abc",
        "https://example.org/notes/paste-2.txt",
        "http://localhost:8000/rapport",
        "http://192.168.1.4/rapport.pdf",
        "http://intranet/rapport",
        "http://[::ffff:127.0.0.1]/rapport",
        "https://wiki.entreprise.internal/page",
    ],
)
def test_a_private_or_temporary_file_is_known(url):
    assert is_private_upload(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.s3.amazonaws.com/rapport-2025.pdf",
        "https://example.org/wp-content/uploads/2025/02/etude.pdf",
        "https://www.insee.fr/fr/statistiques/123?sommaire=1",
        "https://example.org/article?token=abc",
        "https://example.org/blog/how-to-paste.html",
        "https://8.8.8.8/etude",
    ],
)
def test_a_public_file_is_no_upload(url):
    assert not is_private_upload(url)


@pytest.mark.parametrize(
    ("url", "is_answer"),
    [
        ("https://pplx.ai/share", True),
        ("https://chatgpt.com/share/67a", True),
        ("https://www.perplexity.ai/search/abc", True),
        ("https://www.perplexity.ai/hub/blog/sonar", False),
        ("https://claude.ai/shared-values", False),
        ("https://www.lemonde.fr/share/", False),
    ],
)
def test_a_shared_conversation_is_known(url, is_answer):
    assert is_machine_answer(url) is is_answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.org/etude/", "https://example.org/etude"),
        ("https://example.org/etude?utm_source=x&b=2&a=1", "https://example.org/etude?a=1&b=2"),
        ("https://example.org/etude#tableau-3", "https://EXAMPLE.org/etude"),
    ],
)
def test_two_spellings_of_an_address_lead_to_the_same_page(one, other):
    assert same_page(one) == same_page(other)


def test_another_parameter_leads_to_another_page():
    assert same_page("https://youtube.com/watch?v=1") != same_page("https://youtube.com/watch?v=2")


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text):
    url = f"https://{text}"
    is_home_page(url), is_private_upload(url), is_machine_answer(url)
    assert same_page(url) == same_page(url.strip())
