"""The five seeds are cut, and every reference of the clause list leads to its words."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tutela.policy.clauses import Index, cut, passage, unfinished
from tutela.policy.lines import visible

SEEDS = ("000", "001", "002", "003", "004")


def _text(shared: Path, seed: str) -> str:
    (path,) = shared.glob(f"seeds/{seed}_*.txt")
    return path.read_bytes().decode("utf-8-sig")


def _rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "requirements" / "clauses.tsv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_reference_of_the_clause_list_resolves_in_its_seed(shared: Path) -> None:
    indexes = {seed: Index(cut(_text(shared, seed))) for seed in SEEDS}
    rows = _rows(shared)
    assert len(rows) == 674
    lost = [
        (row["seed"], row["clause"])
        for row in rows
        if indexes[row["seed"]].resolve(row["clause"]) is None
    ]
    assert lost == []


CHECKED_BY_HAND = [
    ("000", "Header/p0", "All countries"),
    ("000", "Preamble/p2(b)", "regardless of the device"),
    ("000", "Preamble/p3", "By providing us"),
    ("000", "1/p2", "Processing of personal data -"),
    ("000", "2/p1", "personal and technical data."),
    ("000", "2/b1", "register on Amigo"),
    ("000", "2/b7", "Career section"),
    ("000", "2/b8", "on the basis of:"),
    ("000", "2/p2(g)", "IP address"),
    ("000", "2/p3", "More about cookies:"),
    ("000", "3/b5(b)", "government agencies"),
    ("000", "3/tail", "other purposes with your consent"),
    ("000", "4/b3", "legitimate interests"),
    ("000", "4/p2(b)", "biometric"),
    ("000", "5/p3", "spammers"),
    ("000", "6/p2(e)", "scoring"),
    ("000", "7/b1(c)", "first day"),
    ("000", "7/b3", "trainings"),
    ("000", "7/b5(b)", "Based on the assessment"),
    ("000", "7/b6", "legal, organizational and technical measures"),
    ("000", "7/c1", "legal requirements"),
    ("000", "7/c6", "priority of the legitimate interests"),
    ("000", "8/b1(c)", "5 years from the date of deletion"),
    ("000", "8/b2", "achievement of the processing goals"),
    ("000", "8/b4", "liquidation"),
    ("000", "8/p2", "for a year after deleting a profile"),
    ("000", "9/p1(b)", "withdraw consent"),
    ("001", "Header/p1", "for unlimited access"),
    ("001", "Header/p2", "July 05, 2022"),
    ("001", "1.2.2(b)", "FEDEO d.o.o."),
    ("001", "1.3.3(d)", "immediately terminate"),
    ("001", "3.1", "legal grounds"),
    ("001", "5.5.9", "controling"),
    ("001", "6.2(b)", "thirty days"),
    ("001", "6.2.3", "another agreement"),
    ("001", "6.4(b)", "help@familami.com"),
    ("001", "7.5.3", "_fbp"),
    ("001", "10.10(d)", "immediately delete"),
    ("002", "Header/p0", "Политика конфиденциальности"),
    ("002", "Преамбула/p3(c)", "чат с Пользователем"),
    ("002", "Сбор/p1", "запрашивает следующие"),
    ("002", "Сбор/A4", "ИИН/БИН"),
    ("002", "Сбор/p2", "дополнительную информацию"),
    ("002", "Сбор/B2(a)", "фотографии"),
    ("002", "Сбор/B6(b)", "Специалиста прислать"),
    ("002", "Использование/p1(b)", "ни при каких обстоятельствах"),
    ("002", "Использование/b7(b)", "в любой момент"),
    ("002", "Передача/p1(b)", "обезличенные данные"),
    ("002", "Передача/b2", "Google.analytics"),
    ("002", "Передача/b6", "Не ограничивая"),
    ("002", "Куки/p2(b)", "настройками браузера"),
    ("002", "Безопасность/p2(a)", "на основании решений"),
    ("002", "Третьи лица/p1(c)", "советует Пользователям"),
    ("002", "Изменения/p1(c)", "уведомив об этом"),
    ("003", "Header/p1", "#1 dated August 18, 2023"),
    ("003", "Header/p2", "User consent"),
    ("003", "1.1(a)", "material carrier"),
    ("003", "1.1(b)", "User of the https://amorealtor.com/"),
    ("003", "2/p1", "Law No. 58"),
    ("003", "3.1.2", "belongs to him personally"),
    ("003", "4.2/b7", "amoCRM account id"),
    ("003", "6.3", "without time limit"),
    ("003", "8.2.4", "получены из общедоступных"),
    ("003", "8.2.7(b)", "immediately notify"),
    ("003", "9.2", "60 calendar days"),
    ("003", "10.1/b3", "contracts concluded"),
    ("003", "11.11.2", "10 (ten) working days"),
    ("003", "12.3", "posted in the Product"),
    ("004", "Header/p0", "May 01, 2024"),
    ("004", "Preamble/p1", "any of the Sites:"),
    ("004", "Preamble/p2", "leave it immediately"),
    ("004", "1.7", "mail@alprohomeexchange.com"),
    ("004", "1.13", "including all their subdomains"),
    ("004", "2.9/b5(c)", "list of Personal Data"),
    ("004", "2.9/b8", "separate consent"),
    ("004", "2.10/b3", "before it was received"),
    ("004", "2.10/b7(d)", "within thirty days"),
    ("004", "2.10/b10", "reliable protection"),
    ("004", "2.11/b1(c)", "mail@alprohomeexchange.com"),
    ("004", "2.11/b4", "no earlier than 30"),
    ("004", "2.17.8", "adequate protection"),
    ("004", "3.1/p2(c)", "mailing letters"),
    ("004", "3.6/b1", "1Р address"),
    ("004", "3.6/p2", "solely for internal and external marketing"),
    ("004", "3.12/b0", "never provides"),
    ("004", "3.12/b4", "sale or other transfer"),
    ("004", "4.1(a)", "specific, pre-defined"),
    ("004", "4.1/b7", "response to a claim"),
    ("004", "5.2/b2(b)", "actual location"),
    ("004", "5.2/p2(b)", "location address of the PDPO"),
    ("004", "7.6(1)", "responsible for organizing"),
    ("004", "7.6(2)(e)", "destruction of Personal data"),
    ("004", "7.6(7)", "unlimited access"),
    ("004", "8.5(c)", "Unsubscribe from mailing list"),
    ("004", "9.2(b)", "10 (ten) working days"),
    ("004", "9.3(d)", "6 (six) months"),
    ("004", "9.4(b)", "30 (thirty) days"),
    ("004", "9.4(c)", "any other agreement"),
    ("004", "9.11(1)(e)", "person authorized PDPO"),
    ("004", "9.11(2)(a)", "72 (seventy-two) hours"),
    ("004", "10.2(a)", "from the moment"),
    ("004", "10/tail", "the Site Administrator"),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_references_lead_to_the_words_that_a_reader_finds_there(shared: Path, seed: str) -> None:
    clauses = cut(_text(shared, seed))
    index = Index(clauses)
    wrong = []
    for name, ref, phrase in CHECKED_BY_HAND:
        if name == seed:
            found = index.resolve(ref)
            assert found is not None, ref
            if phrase not in passage(found, clauses):
                wrong.append((ref, found.ref, phrase))
    assert wrong == []


NOT_THERE = [
    ("000", "2/b9"),
    ("000", "11"),
    ("000", "8/b5"),
    ("001", "6.7"),
    ("001", "7.5.4"),
    ("002", "Сбор/A5"),
    ("002", "Сбор/C1"),
    ("002", "Реклама/p1"),
    ("003", "4.2/b8"),
    ("004", "2.10/b11"),
    ("004", "7.6(8)"),
    ("004", "9.12(a)"),
    ("004", "Preamble/p3"),
]


def test_references_that_are_not_in_the_text_lead_nowhere(shared: Path) -> None:
    indexes = {seed: Index(cut(_text(shared, seed))) for seed in SEEDS}
    assert [pair for pair in NOT_THERE if indexes[pair[0]].resolve(pair[1])] == []


@pytest.mark.parametrize(
    ("seed", "refs"),
    [
        ("000", ["2/b8", "2/p3"]),
        ("001", ["3.1", "4.1", "4.2", "10.7"]),
        ("002", []),
        ("003", []),
        ("004", []),
    ],
)
def test_lists_that_a_seed_promises_and_leaves_empty_are_found(
    shared: Path, seed: str, refs: list[str]
) -> None:
    assert [clause.ref for clause in unfinished(cut(_text(shared, seed)))] == refs


@pytest.mark.parametrize("seed", SEEDS)
def test_no_character_of_a_seed_is_lost_or_doubled(shared: Path, seed: str) -> None:
    text = _text(shared, seed)
    kept = "".join(clause.marker + clause.text for clause in cut(text))
    assert "".join(kept.split()) == "".join(visible(text).split())


@pytest.mark.parametrize("seed", SEEDS)
def test_anchors_of_a_seed_are_unique_and_safe_in_addresses(shared: Path, seed: str) -> None:
    anchors = [clause.anchor for clause in cut(_text(shared, seed))]
    assert len(set(anchors)) == len(anchors)
    assert all(anchor.isascii() and " " not in anchor for anchor in anchors)
