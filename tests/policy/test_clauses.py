"""Texts of every shape are cut without loss, and never refuse to be cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutela.policy.clauses import Clause, cut, outline, passage, resolve, unfinished
from tutela.policy.lines import visible


def refs(text: str) -> list[str]:
    return [clause.ref for clause in cut(text)]


def words(text: str, ref: str) -> str:
    clause = resolve(ref, cut(text))
    assert clause is not None, (ref, refs(text))
    return clause.text


def test_a_numbered_text_gives_sections_clauses_and_items() -> None:
    text = "1. GENERAL\n1.1. First.\n1.2. Such as:\n1) one;\n2) two.\n2. END\n2.1. Last."
    assert refs(text) == ["1", "1.1", "1.2", "1.2(1)", "1.2(2)", "2", "2.1"]
    assert [clause.ref for clause in cut(text) if clause.heading] == ["1", "2"]


def test_a_number_alone_on_its_line_takes_the_next_line() -> None:
    text = "1. General\n1.1.\nThe first words.\n\nMore of them.\n1.2.\nThe second."
    assert words(text, "1.1") == "The first words."
    assert words(text, "1.1/p2") == "More of them."
    assert words(text, "1.2") == "The second."


def test_bullets_of_several_lists_are_told_apart() -> None:
    text = "3. Data\nWe ask for:\n- a name;\n- a city.\nWe may keep:\n- letters;\n- pictures."
    assert words(text, "3/b2") == "a city."
    assert words(text, "3/c2") == "pictures."
    assert words(text, "3/A1") == "a name;"
    assert words(text, "3/B1") == "letters;"


def test_bullets_of_every_kind_are_bullets_with_or_without_a_space() -> None:
    for bullet in "-–—•·●▪◦\uf0b7":
        text = f"1. Data\n1.1. Here:\n{bullet} one;\n{bullet}two."
        assert words(text, "1.1/b2") == "two.", bullet


def test_a_bullet_list_inside_a_bullet_belongs_to_it() -> None:
    text = "1. Duties\n1.1. He must:\n- keep what:\n• he saw;\n• he heard.\n- be quiet."
    assert words(text, "1.1/b1/b2") == "he heard."
    assert words(text, "1.1/b2") == "be quiet."


def test_an_indented_paragraph_between_blank_lines_is_an_item() -> None:
    text = "2. Data\n\nWe ask when you:\n\n  • come;\n\n    go;\n\n    write."
    assert words(text, "2/b2") == "go;"
    assert words(text, "2/b3") == "write."


def test_a_sentence_after_an_item_of_another_case_stays_with_the_item() -> None:
    text = "8. Terms\n\nWe stop:\n\n  • when it ends.\n\n    It lasts a year.\n\n    at the end."
    assert words(text, "8/b1") == "when it ends. It lasts a year."
    assert words(text, "8/b2") == "at the end."


def test_an_address_torn_off_by_a_wrap_returns_to_its_clause() -> None:
    text = (
        "1. Who\n1.1. Write to\nmail@example.org. We answer.\n1.2. See:\nhttps://example.org, too."
    )
    assert words(text, "1.1") == "Write to mail@example.org. We answer."
    assert words(text, "1.2") == "See: https://example.org, too."


def test_sections_without_numbers_go_by_their_titles() -> None:
    text = (
        "[bookmark: _a1]Политика\nМы пишем это для всех.\n"
        "[bookmark: _b2]Передача данных\nМы не передаём.\n"
        "[bookmark: _c3]Куки-файлы\nИх нет."
    )
    assert words(text, "Преамбула/p1") == "Мы пишем это для всех."
    assert words(text, "Передача/p1") == words(text, "Передача данных/p1") == "Мы не передаём."
    assert words(text, "Куки/p1") == words(text, "Куки-файлы/p1") == "Их нет."


def test_two_sections_with_one_first_word_need_more_words() -> None:
    text = (
        "Privacy policy\nWe wrote this for you and for everybody.\n\n"
        "Data we take\nWe take a name.\n\nData we give\nWe give nothing."
    )
    assert resolve("Data/p1", cut(text)) is None
    assert words(text, "Data we give/p1") == "We give nothing."


def test_an_edit_elsewhere_leaves_references_as_they_were() -> None:
    before = "1. A\n1.1. One:\n- x;\n- y.\n2. B\n2.1. Two."
    after = "1. A\n1.1. One, longer:\n- x;\n- y;\n- z.\n1.2. New.\n2. B\n2.1. Two."
    kept = {clause.ref: clause.anchor for clause in cut(after)}
    assert all(kept[clause.ref] == clause.anchor for clause in cut(before))


def test_a_date_a_price_and_a_house_number_are_not_clauses() -> None:
    text = "1. A\n1.1. The shop is at\n278. Main street, and was in\n01.05.2024 too.\n1.2. B."
    assert refs(text)[:2] == ["1", "1.1"]
    assert refs(text)[-1] == "1.2"
    assert "278" not in refs(text)


def test_a_numbered_list_inside_a_clause_is_not_a_section() -> None:
    text = "1. A\n1.1. X.\n2. B\n2.1. Such as:\n1. one;\n2. two;\n3. three.\n3. C\n3.1. Y."
    assert refs(text) == [
        "1", "1.1", "2", "2.1", "2.1(1)", "2.1(2)", "2.1(3)", "3", "3.1",
    ]  # fmt: skip


def test_a_text_wrapped_by_hand_has_its_paragraphs_joined() -> None:
    text = (
        "1. TERMS\n"
        "1.1. The data is kept by us as long as the purpose needs it and\n"
        "not a day longer than that, unless the law of the land wants us\n"
        "to keep it; what the law wants is said in the notice that every\n"
        "person sees before any data is given.\n"
        "1.2. The data is destroyed when the purpose is reached, together\n"
        "with everything that was made of it and with all the copies that\n"
        "others hold for us, and an act is written about it.\n"
    )
    assert refs(text) == ["1", "1.1", "1.2"]


def test_windows_marks_do_not_change_the_clauses() -> None:
    text = "Policy\n\n1. A\n1.1. One:\n- x;\n- y."
    odd = "\ufeff" + text.replace("\n", "\r\n").replace("1.1. ", "1.1.\u00a0").replace(
        "- ", "-\u00a0"
    )
    assert refs(odd) == refs(text)
    assert [clause.text for clause in cut(odd)] == [clause.text for clause in cut(text)]


def test_one_number_used_twice_gives_two_references() -> None:
    text = "1. A\n1.1. One.\n1.1. Again."
    assert len(set(refs(text))) == 3


def test_a_passage_is_the_clause_with_what_belongs_to_it() -> None:
    clauses = cut("9. END\n9.1. We stop, if:\n• nothing;\n• else.\nOtherwise we block.\n9.2. Next.")
    clause = resolve("9.1(d)", clauses)
    assert clause is not None
    assert passage(clause, clauses) == "We stop, if:\nnothing;\nelse.\nOtherwise we block."


def test_a_list_that_does_not_come_is_found_and_one_that_comes_is_not() -> None:
    text = "1. A\n1.1. These:\n1.2. Those:\n- x.\n1.3. Cookies:\n1.3.1. one.\n2. B\n2.1. More:"
    assert [clause.ref for clause in unfinished(cut(text))] == ["1.1", "2.1"]


def test_translations_have_one_outline_and_a_lost_bullet_breaks_it() -> None:
    english = cut("Policy\n1. Data\n1.1. These:\n- a;\n- b.\nRights\nYou may ask us for more.")
    russian = cut("Политика\n1. Данные\n1.1. Такие:\n- а;\n- б.\nПрава\nВы можете спросить нас.")
    shorter = cut("Политика\n1. Данные\n1.1. Такие:\n- а.\nПрава\nВы можете спросить нас.")
    assert outline(english) == outline(russian)
    assert outline(english) != outline(shorter)


def test_anchors_are_of_ascii_even_for_russian_titles() -> None:
    clause = resolve("Права/p1", cut("Политика\nОна для всех и каждого.\n\nПрава\nИх много."))
    assert clause is not None
    assert clause.anchor == "clause-prava-p1"


def _whole(text: str, clauses: tuple[Clause, ...]) -> bool:
    kept = "".join(clause.marker + clause.text for clause in clauses)
    return "".join(kept.split()) == "".join(visible(text).split())


_line = st.one_of(
    st.sampled_from(
        [
            "1. GENERAL", "1.1. A clause.", "1.2.", "2. Second", "2.1.1. Deep:", "3) item;", "a) x",
            "- bullet;", "•bullet.", "    indented words;", "# Title", "Title Case", "lower case,",
            "mail@example.org", "https://example.org/", "", "", "[bookmark: _x]Куки", "1.", "12",
            "Ends with a colon:", "2024. A year", "-----", "* star", "\u00a0", "1.1.1.1 Deepest",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip


@given(st.lists(_line, max_size=30).map("\n".join))
def test_any_lines_are_cut_whole_with_unique_references(text: str) -> None:
    clauses = cut(text)
    assert _whole(text, clauses)
    refs = [clause.ref for clause in clauses]
    assert len(set(refs)) == len(refs)
    assert all(resolve(ref, clauses) is not None for ref in refs)
    assert all(clause.anchor.isascii() for clause in clauses)


@given(st.text())
def test_no_text_makes_the_cutter_fail(text: str) -> None:
    clauses = cut(text)
    assert _whole(text, clauses)
    unfinished(clauses)
    outline(clauses)


@given(st.text(), st.text())
def test_no_reference_makes_the_resolver_fail(ref: str, text: str) -> None:
    clauses = cut(text)
    found = resolve(ref, clauses)
    assert found is None or found in clauses
