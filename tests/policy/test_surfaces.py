"""Products, cookies and names that each language writes in its own way."""

from __future__ import annotations

from tests.policy.spoiling import Copy

from tutela.policy.folders import load_folder
from tutela.policy.model import Policy

COOKIES = """cookies:
  ya_camp: {class: analytical, purpose: {en: campaign, ru: кампания}}
  ya*:
    class: analytical
    party: third
    provider: Counter
    purpose: {en: visits, ru: посещения}
  ya_*: {class: functional, purpose: {en: choices, ru: выбор}}
  basket: {class: necessary, kind: local-storage, purpose: {en: basket, ru: корзина}}
  shop*:
    class: marketing
    party: seller
    purpose: {en: the seller's own, ru: собственные файлы продавца}
    clauses: ["2.4"]
"""


def _policy(spoilt: Copy, old: str, new: str) -> Policy:
    return load_folder(spoilt.change(old, new).path)


def test_an_exact_name_of_a_cookie_goes_before_a_pattern_and_a_long_pattern_before_a_short_one(
    spoilt: Copy,
) -> None:
    policy = _policy(spoilt, "cookies:\n", COOKIES)
    names = ("ya_camp", "ya_campaign", "yandexuid", "basket", "baskets", "ya")
    found = [policy.cookie(each) for each in names]
    assert [each.name if each else None for each in found] == [
        "ya_camp",
        "ya_*",
        "ya*",
        "basket",
        None,
        "ya*",
    ]


def test_a_cookie_says_whose_it_is_and_where_it_lies(spoilt: Copy) -> None:
    policy = _policy(spoilt, "cookies:\n", COOKIES)
    said = {each.name: (each.party, each.kind, each.provider) for each in policy.cookies.values()}
    assert said["ya*"] == ("third", "cookie", "Counter")
    assert said["basket"] == ("own", "local-storage", "")
    assert said["shop*"] == ("seller", "cookie", "")
    assert said["session"] == ("own", "cookie", "")
    carried = [each.control for each in policy.bindings if each.declaration == "cookies.shop*"]
    assert carried == ["cookies.seller"]


def test_a_version_is_posted_in_a_product_that_is_declared(spoilt: Copy) -> None:
    product = (
        "products:\n  widget:\n    kind: widget\n    title: {en: Widget, ru: Виджет}\n"
        '    clauses: ["1.3"]\n\ncookies:\n'
    )
    spoilt.change("effective: at-posting", "effective: in-product")
    policy = _policy(spoilt, "cookies:\n", product)
    assert policy.products["widget"].title["ru"] == "Виджет"
    assert [each.declaration for each in policy.bindings if each.clause == "1.3"] == [
        "products.widget"
    ]


def test_a_legal_name_is_one_for_all_languages_or_one_for_each(spoilt: Copy) -> None:
    one = load_folder(spoilt.path).operator
    assert one.legal_name == "Lark Bakery LLC"
    assert one.legal_names == {"en": "Lark Bakery LLC", "ru": "Lark Bakery LLC"}
    each = _policy(
        spoilt,
        "legal_name: Lark Bakery LLC",
        'legal_name: {en: Lark Bakery LLC, ru: "ООО «Жаворонок»"}',
    ).operator
    assert each.legal_name == "Lark Bakery LLC"
    assert each.legal_names["ru"] == "ООО «Жаворонок»"


def test_a_legal_name_in_some_languages_only_is_found(spoilt: Copy) -> None:
    spoilt.change("legal_name: Lark Bakery LLC", "legal_name: {en: Lark Bakery LLC}")
    assert spoilt.only("missing-language").key == "operator.legal_name"
