"""The panorama of a year as a page, as Markdown and as a PDF; and the years that have one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from veille.panorama.gather import panorama_of
from veille.panorama.markdown import to_markdown_file
from veille.panorama.paper import data_of, digest_of, pdf_of
from veille.panorama.years import years

HTML, MARKDOWN, PDF = "text/html", "text/markdown", "application/pdf"


@require_safe
def panorama_list(request: HttpRequest) -> HttpResponse:
    return render(request, "panorama/list.html", {"years": years()})


@require_safe
def panorama_page(request: HttpRequest, year: int) -> HttpResponse:
    """The page, or Markdown for a program that prefers it."""
    known = years()
    if year not in known:
        return _no_panorama(request, year, known)
    if request.get_preferred_type([HTML, MARKDOWN]) == MARKDOWN:
        response = _markdown(year)
    else:
        panorama = panorama_of(year)
        context = {"panorama": panorama, "others": [one for one in known if one != year]}
        response = render(request, "panorama/page.html", context)
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def panorama_markdown(request: HttpRequest, year: int) -> HttpResponse:
    known = years()
    return _markdown(year) if year in known else _no_panorama(request, year, known)


@require_safe
def panorama_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The PDF, typeset only for who does not have it.

    Its validator is a digest of what it shows. There is no Last-Modified: a record that expires or
    is deleted changes the document, and moves no date.
    """
    known = years()
    if year not in known:
        return _no_panorama(request, year, known)
    data = data_of(panorama_of(year))
    digest = digest_of(data)
    etag = f'"{digest}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    return HttpResponse(pdf_of(data, digest), headers=_file_headers(PDF, year, "pdf", etag))


def _markdown(year: int) -> HttpResponse:
    text = to_markdown_file(panorama_of(year))
    return HttpResponse(text, headers=_file_headers(f"{MARKDOWN}; charset=utf-8", year, "md"))


def _file_headers(media_type: str, year: int, extension: str, etag: str = "") -> dict[str, str]:
    """Shown where the reader's software can, and named well where it is kept."""
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'inline; filename="veille-panorama-{year}.{extension}"',
    }
    return headers | ({"ETag": etag} if etag else {})


def _no_panorama(request: HttpRequest, year: int, known: list[int]) -> HttpResponse:
    """Not found, with the years that have one as the way onward."""
    context = {"year": year, "years": known}
    response = render(request, "panorama/missing.html", context, status=404)
    response.is_own_page = True
    return response
