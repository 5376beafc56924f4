"""A publisher and the host of its address: which pairs are credible."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sources.publishers import may_publish_at, words_of


@pytest.mark.parametrize(
    ("publisher", "host"),
    [
        ("Le Monde", "www.lemonde.fr"),
        ("AWS", "aws.amazon.com"),
        ("Amazon Web Services", "aws.amazon.com"),
        ("Red Hat", "www.redhat.com"),
        ("Financial Times", "www.ft.com"),
        ("AI Explorer", "aiexplorer.io"),
        ("Perplexity", "pplx.ai"),
        ("Synergy Research Group", "www.srgresearch.com"),
        ("Les Échos", "www.lesechos.fr"),
        ("New York Times", "www.nytimes.com"),
        ("NYT", "www.nytimes.com"),
        ("Andreessen Horowitz", "a16z.com"),
        ("Commission européenne", "ec.europa.eu"),
        ("Banque de France", "www.banque-france.fr"),
        ("L’Usine Digitale", "www.usine-digitale.fr"),
        ("MIT Technology Review", "www.technologyreview.com"),
        ("Stanford HAI", "hai.stanford.edu"),
        ("Insee", "www.insee.fr"),
        ("Free-Work", "www.free-work.com"),
        ("DataCamp", "www.datacamp.com"),
        ("Cloud Temple", "www.cloud-temple.com"),
        ("Acropole Expert", "acropole-expert.com"),
        ("Smartpoint", "www.smartpoint.fr"),
        ("Forbes", "www.forbes.com"),
        ("Dassault Systèmes", "www.3ds.com"),
        ("Amazon", "www.aboutamazon.fr"),
        ("Thales", "www.thalesgroup.com"),
        ("OCDE", "www.oecd.org"),
        ("Banque mondiale", "worldbank.org"),
        ("BBC", "www.bbc.co.uk"),
        ("S&P Global", "www.spglobal.com"),
        ("L’Express", "www.lexpress.fr"),
        ("20 Minutes", "www.20minutes.fr"),
        ("JDN", "www.journaldunet.com"),
        ("Ernst & Young", "www.ey.com"),
        ("Wikipédia", "fr.wikipedia.org"),
        ("Société Générale", "www.xn--socitgnrale-ebbbbb.fr"),
        ("Google", "blog.google"),
        ("ANSSI", "cyber.gouv.fr"),
        ("Gartner", "www.prnewswire.com"),
        ("Jean Martin", "medium.com"),
        ("Agence spatiale européenne", "space-economy.esa.int"),
        ("Banque des règlements internationaux", "data.bis.org"),
        ("Statistisches Bundesamt", "www.destatis.de"),
        ("Assurance maladie", "www.ameli.fr"),
        ("Office fédéral de la statistique", "www.bfs.admin.ch"),
        ("Organisation internationale du travail", "www.ilo.org"),
        ("新华社", "www.news.cn"),
        ("", "kalyptus.fr"),
    ],
)
def test_a_publisher_on_its_own_site_is_credible(publisher, host):
    assert may_publish_at(publisher, f"https://{host}/article")


@pytest.mark.parametrize(
    ("publisher", "host"),
    [
        ("Gartner", "www.kalyptus.fr"),
        ("Le Monde", "www.lefigaro.fr"),
        ("IDC", "www.smartpoint.fr"),
        ("Forbes", "cloud-temple.com"),
        ("Microsoft", "www.mist.com"),
        ("Synergy Research Group", "www.canalys.com"),
        ("Insee", "www.exemple.org"),
        ("McKinsey", "unblog.example.net"),
        ("Financial Times", "fortune.com"),
        ("Commission européenne", "www.exemple.fr"),
    ],
)
def test_a_publisher_on_the_site_of_another_is_not(publisher, host):
    assert not may_publish_at(publisher, f"https://{host}/article")


WORD = st.from_regex(r"[A-ZÀÉÈ][a-zàâéèêëîïôöùûüç]{1,10}", fullmatch=True)
NAME = st.lists(WORD, min_size=1, max_size=4)
SITES = {
    "together": "".join,
    "hyphens": "-".join,
    "initials": lambda words: "".join(word[0] for word in words),
    "last word": lambda words: words[-1],
    "initials then words": lambda words: "".join([word[0] for word in words] + [words[-1]]),
    "more than the name": lambda words: "".join(words) + "france",
}


@pytest.mark.parametrize("way", SITES)
@given(name=NAME, suffix=st.sampled_from(["fr", "com", "co.uk", "org", "io"]))
def test_any_name_is_credible_on_the_site_that_is_called_after_it(way, name, suffix):
    label = SITES[way](list(words_of(" ".join(name))))
    assume(way != "more than the name" or len(label) >= 4 + len("france"))
    assert may_publish_at(" ".join(name), f"https://www.{label}.{suffix}/article")
