"""Every mistake in a policy's folder is found, in its place, with a sentence and a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation
from tests.policy.spoiling import Copy

from tutela.policy.errors import PolicyErrors
from tutela.policy.findings import ERROR, WARNING
from tutela.policy.folders import check, check_folder, load_folder
from tutela.policy.source import LARGEST_FILE

MakeCopy = Callable[[str], Copy]


def test_the_tiny_example_has_no_finding_and_every_clause_bound(minimal: Path) -> None:
    report = check_folder(minimal)
    assert report.findings == ()
    assert report.coverage is not None
    assert report.coverage.unbound == ()
    assert report.coverage.informative == ("1.3",)
    counted = report.coverage
    assert counted.total == sum(
        map(len, (counted.bound, counted.through, counted.informative, counted.leads))
    )


LESS = "    fields: [name, email, phone]\n    subjects"
ORDERED = "    fields: [name, email, phone, note]\n    subjects"
GIVEN = "    purposes: [orders]\n    fields: [name, phone, note]"
SITE = """sites:
  - {host: lark-bakery.example, path: /, subdomains: true, clauses: ["Preamble/p1"]}
"""
DESTROY = "promises.destroy-after-withdrawal"
ORDER = "collection_points.order"
BOTH_DAYS = "holidays_added: [2024-01-09], working_days_added: [2024-01-09]"
TITLE = "{en: Customers, ru: Покупатели}"

MISTAKES = [
    ("bases: [consent]\n    fields: [name,", "fields: [name,", "purpose-without-basis",
     "purposes.orders.bases"),
    ("term: 30 days", "term: 30 dayz", "term", f"{DESTROY}.term"),
    ("term: 30 days", "term: soonish", "term", f"{DESTROY}.term"),
    ('clauses: ["3.1"]', 'clauses: ["3.10"]', "unknown-clause", "retention.forms.clauses"),
    ("control: consent.refuse", "control: consent.refused", "unknown-word", "controls[0].control"),
    ("    type: phone", "    type: telephone", "unknown-word", "fields.phone.type"),
    ("event: consent.withdrawn", "event: consent.withdrawed", "unknown-word", f"{DESTROY}.event"),
    ("outcome: destroy", "outcome: shred", "unknown-word", f"{DESTROY}.outcome"),
    ("minimum_age: 18", "minimun_age: 18", "unknown-key", "subjects.customer.minimun_age"),
    ("minimum_age: 18", "minimum_age: eighteen", "wrong-type", "subjects.customer.minimum_age"),
    ("identifies: true", "identifies: yes", "wrong-type", "fields.email.identifies"),
    ("fields: [email]", "fields: email", "wrong-type", "purposes.newsletter.fields"),
    (TITLE, "{en: Customers}", "missing-language", "subjects.customer.title"),
    (TITLE, '{en: Customers, ru: ""}', "missing-language", "subjects.customer.title"),
    ("  legal_name: Lark Bakery LLC\n", "", "missing-key", "operator.legal_name"),
    ("email: data@lark", "email: data.lark", "email", "operator.email"),
    ("America/New_York", "America/New_Yorc", "time-zone", "operator.time_zone"),
    ("code: RU", "code: XQ", "calendar", "calendar.code"),
    ("roll: none", f"roll: none, {BOTH_DAYS}", "calendar", "calendar"),
    ("roll: none", "roll: none, holidays_added: [2024-13-09]", "date", "calendar.holidays_added"),
    ("format: 1", "format: 2", "format", "format"),
    ("slug: lark-bakery", "slug: Lark Bakery", "slug", "operator.slug"),
    ("  order:\n    kind", "  Order Form:\n    kind", "slug", "collection_points.Order Form"),
    ("host: lark", "host: https://lark", "host", "sites[0].host"),
    ("optional_purposes: [newsletter]", "optional_purposes: [newsleter]", "unknown-reference",
     f"{ORDER}.optional_purposes"),
    ("    subject: customer", "    subject: client", "unknown-reference", f"{ORDER}.subject"),
    ("category: order\n", "category: orders\n", "unknown-reference", "fields.note.category"),
    ("fields: [email]", "consent: {until: email}\n    fields: [email]", "until-no-date",
     "purposes.newsletter.consent.until"),
    (ORDERED, LESS, "unneeded-field", "fields.note"),
    (ORDERED, LESS, "unneeded-category", "categories.order"),
    (ORDERED, LESS, "unneeded-point-field", f"{ORDER}.fields.note"),
    (GIVEN, GIVEN.replace("orders", "newsletter"), "excessive-transfer",
     "recipients.courier.fields"),
    ("      confidentiality: true\n", "", "instruction",
     "recipients.courier.instruction.confidentiality"),
    ("operations: [use]", "operations: [using]", "unknown-word",
     "recipients.courier.instruction.operations"),
    ("term: 5 years", 'term: "until: bread.eaten"', "unknown-event", "retention.forms.term"),
    ("effective: at-posting", "effective: some-day", "unknown-word", "version.effective"),
    ("number: 1, dated", "number: 0, dated", "too-small", "version.number"),
    ("dated: 2024-03-01", "dated: spring", "wrong-type", "version.dated"),
    ("original: en", "original: de", "unknown-word", "languages.original"),
    ("ru: policy.ru.txt", "ru: ../policy.ru.txt", "file-name", "languages.texts.ru"),
    ("ru: policy.ru.txt", "ru: russian.txt", "missing-file", "languages.texts.ru"),
    ("ru: policy.ru.txt", "russian: policy.ru.txt", "language", "languages.texts.russian"),
    (SITE, "", "missing-key", "sites"),
    ("  orders:\n    title", "  retention:\n    title", "reserved-purpose", "purposes.retention"),
    ("cookies:\n", "cookies:\n  session: {}\n", "duplicate-key", "cookies.session"),
    ("brand:", "unstated: [emails]\n  assumption: calendar\n  brand:", "unknown-word",
     "operator.unstated"),
    ("brand:", "unstated: [email]\n  brand:", "missing-key", "operator.assumption"),
    ("brand:", "unstated: [email]\n  assumption: silence\n  brand:", "unknown-reference",
     "operator.assumption"),
    ("governing: [RU-152-FZ]", "governing: []", "empty-list", "law.governing"),
    ("effective: at-posting", "effective: in-product", "no-product", "version.effective"),
    ("  session:\n", "  remember me:\n", "cookie-name", "cookies.remember me"),
    ("  session:\n", "  ses*sion:\n", "cookie-name", "cookies.ses*sion"),
    ("class: necessary", "class: necessary\n    party: third", "missing-key",
     "cookies.session.provider"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [each for each in MISTAKES if each[2]],
    ids=lambda each: each[:40],
)
def test_a_mistake_is_found_in_its_line_under_its_key(
    spoilt: Copy, old: str, new: str, code: str, key: str
) -> None:
    spoilt.change(old, new)
    found = [each for each in spoilt.check().findings if (each.code, each.key) == (code, key)]
    assert found, [(each.code, each.key) for each in spoilt.check().findings]
    (finding,) = found
    assert finding.severity == ERROR
    assert finding.file == "policy.yaml"
    lines = (spoilt.path / "policy.yaml").read_text(encoding="utf-8").splitlines()
    names = [part.partition("[")[0] for part in key.split(".")]
    top_level_or_file = (code == "missing-key" and "." not in key) or code == "missing-file"
    assert top_level_or_file or any(name in lines[finding.line - 1] for name in names)
    for language in ("en", "ru"):
        with translation.override(language):
            assert finding.message.endswith((".", "»", "?")), finding.message
            assert "%(" not in finding.message + finding.hint
    with pytest.raises(PolicyErrors):
        load_folder(spoilt.path)


def test_a_consent_without_words_is_found(spoilt: Copy) -> None:
    text = (spoilt.path / "policy.yaml").read_text(encoding="utf-8")
    start = text.index("    consent_text:\n      en: I agree that Lark Bakery LLC sends")
    end = text.index('    clauses: ["2.2/b2"]')
    spoilt.change(text[start:end], "")
    finding = spoilt.only("missing-consent-text")
    assert finding.key == "purposes.newsletter.consent_text"
    assert "newsletter" in finding.message


def test_a_consent_in_one_language_only_is_found(spoilt: Copy) -> None:
    spoilt.change(
        "      ru: Я согласен получать рассылку пекарни Lark Bakery LLC на мой адрес электронной "
        "почты.\n",
        "",
    )
    assert spoilt.only("missing-language").key == "purposes.newsletter.consent_text"


def test_a_required_field_of_an_optional_purpose_is_a_warning(spoilt: Copy) -> None:
    spoilt.change(
        "    purposes: [newsletter]\n    fields:\n      email",
        "    purposes: [orders]\n    optional_purposes: [newsletter]\n    fields:\n      email",
    )
    spoilt.change(
        "    fields: [name, email, phone, note]\n    subjects",
        "    fields: [name, phone, note]\n    subjects",
    )
    found = [each for each in spoilt.check().findings if each.code == "required-for-optional"]
    assert {each.severity for each in found} == {WARNING}
    assert spoilt.check().policy is not None


def test_all_mistakes_come_at_once_and_nothing_is_loaded(spoilt: Copy) -> None:
    spoilt.change("term: 30 days", "term: dunno").change("code: RU", "code: XX")
    spoilt.change("    type: phone", "    type: telephone").change("brand:", "brend:")
    report = spoilt.check()
    assert {each.code for each in report.findings} == {
        "term",
        "calendar",
        "unknown-word",
        "unknown-key",
        "missing-key",
    }
    assert report.policy is None
    with pytest.raises(PolicyErrors) as error:
        load_folder(spoilt.path)
    assert error.value.findings == report.findings


def test_an_unknown_key_names_the_one_that_was_meant(spoilt: Copy) -> None:
    spoilt.change("legal_name:", "legal_nmae:")
    assert spoilt.only("unknown-key").hint == "Did you mean “legal_name”?"


def test_a_clause_bound_to_nothing_is_found_in_the_text(spoilt: Copy) -> None:
    spoilt.change('  - {control: marketing.unsubscribe, clauses: ["3.4"]}\n', "")
    finding = spoilt.only("unbound-clause")
    assert (finding.file, finding.key) == ("policy.en.txt", "3.4")
    text = (spoilt.path / "policy.en.txt").read_text(encoding="utf-8")
    assert text.splitlines()[finding.line - 1].startswith("3.4.")


def test_a_bullet_left_out_where_its_neighbours_are_bound_is_found(spoilt: Copy) -> None:
    spoilt.change('    clauses: ["2.1/b3"]\n', "")
    assert spoilt.only("unbound-clause").key == "2.1/b3"


def test_bullets_of_a_bound_clause_are_carried_by_it_if_none_is_bound_alone(spoilt: Copy) -> None:
    for number in (1, 2, 3, 4):
        spoilt.change(f'    clauses: ["2.1/b{number}"]\n', "")
    spoilt.change('clauses: ["1.1"]', 'clauses: ["1.1", "2.1(a)"]')
    report = spoilt.check()
    assert report.errors == ()
    assert report.coverage is not None
    assert report.coverage.through == {f"2.1/b{number}": "2.1" for number in (1, 2, 3, 4)}


def test_a_list_that_the_text_leaves_empty_is_found_unless_declared(spoilt: Copy) -> None:
    for file, lead in (("policy.en.txt", "More about bread:"), ("policy.ru.txt", "О хлебе:")):
        spoilt.change("3.4. ", f"3.4. {lead}\n3.5. ", file)
    spoilt.change('["3.4"]', '["3.4", "3.5"]')
    assert spoilt.only("empty-promised-list").key == "3.4"
    with (spoilt.path / "policy.yaml").open("a", encoding="utf-8") as stream:
        stream.write('empty_lists: {"3.4": {en: The list follows., ru: Перечень последует.}}\n')
    assert spoilt.check().findings == ()
    spoilt.change("3.4. More about bread:", "3.4. Bread is baked.", "policy.en.txt")
    assert spoilt.only("list-not-empty").severity == WARNING


def test_a_translation_with_another_numbering_is_found_where_it_parts(spoilt: Copy) -> None:
    spoilt.change("- номер телефона;\n", "", "policy.ru.txt")
    finding = spoilt.only("translation-differs")
    assert finding.file == "policy.ru.txt"
    assert "2.1/b4" in finding.message


def test_bad_yaml_is_told_with_its_line(spoilt: Copy) -> None:
    spoilt.change("    type: phone", "    type: [phone")
    finding = spoilt.only("yaml")
    assert finding.line > 50
    assert spoilt.check().coverage is None


def test_a_yaml_bomb_is_refused_before_it_unfolds(spoilt: Copy) -> None:
    levels = "\n".join(
        f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 12)
    )
    (spoilt.path / "policy.yaml").write_text(f"l0: &l0 [x]\n{levels}\n", encoding="utf-8")
    assert spoilt.only("alias").line == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a: " + b"[" * 3000 + b"]" * 3000, "too-deep"),
        (b"format: 1\n" + b"# " + b"x" * LARGEST_FILE, "huge-file"),
        ("format: 1 # пекарня".encode("cp1251"), "encoding"),
        (b"format: 1\x00", "encoding"),
        (b"a: !!python/object/apply:os.system [x]", "yaml-tag"),
        (b"", "wrong-type"),
        (b"- a\n- b\n", "wrong-type"),
        (b"a: 1\n---\nb: 2\n", "yaml"),
        (b"? [a, b]\n: 1\n", "wrong-type"),
        (b"\xff\xfe\x00", "encoding"),
        (b"a: \x07", "yaml"),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(spoilt: Copy, content: bytes, code: str) -> None:
    (spoilt.path / "policy.yaml").write_bytes(content)
    report = spoilt.check()
    assert code in {each.code for each in report.errors}
    assert report.policy is None


def test_a_text_in_another_encoding_is_told_with_its_line(spoilt: Copy) -> None:
    file = spoilt.path / "policy.ru.txt"
    text = file.read_text(encoding="utf-8")
    first, rest = text.split("\n", 1)
    file.write_bytes(first.encode() + b"\n" + rest.encode("cp1251"))
    finding = spoilt.only("encoding")
    assert (finding.file, finding.line) == ("policy.ru.txt", 3)


def test_a_folder_without_declarations_and_no_folder_are_told_apart(tmp_path: Path) -> None:
    (only,) = check(tmp_path / "nowhere")
    assert [each.code for each in only.findings] == ["missing-folder"]
    (only,) = check(tmp_path)
    assert [each.code for each in only.findings] == ["missing-file"]


def test_two_operators_with_one_host_are_refused(copy_of_minimal: MakeCopy, tmp_path: Path) -> None:
    copy_of_minimal("first")
    copy_of_minimal("second").change("slug: lark-bakery", "slug: owl-bakery")
    first, second = check(tmp_path)
    assert first.errors == ()
    assert [each.code for each in second.errors] == ["same-host"]
    assert "first" in second.errors[0].message


def test_one_host_may_be_shared_by_paths_that_do_not_meet(
    copy_of_minimal: MakeCopy, tmp_path: Path
) -> None:
    host = "{host: lark-bakery.example, path: /"
    copy_of_minimal("first").change(host, f"{host}lark")
    second = copy_of_minimal("second").change("slug: lark-bakery", "slug: owl-bakery")
    second.change(host, f"{host}larks")
    assert [report.errors for report in check(tmp_path)] == [(), ()]
    second.change(f"{host}larks", f"{host}lark/owl")
    assert [each.code for each in check(tmp_path)[1].errors] == ["same-host"]


def test_a_site_below_the_subdomains_of_another_is_the_same_host(
    copy_of_minimal: MakeCopy, tmp_path: Path
) -> None:
    copy_of_minimal("first")
    second = copy_of_minimal("second").change("slug: lark-bakery", "slug: owl-bakery")
    second.change("host: lark-bakery.example", "host: owl.lark-bakery.example")
    assert [each.code for each in check(tmp_path)[1].errors] == ["same-host"]


def test_one_slug_for_two_operators_is_refused(copy_of_minimal: MakeCopy, tmp_path: Path) -> None:
    copy_of_minimal("first")
    copy_of_minimal("second").change("host: lark-bakery.example", "host: owl.example")
    assert [each.code for each in check(tmp_path)[1].errors] == ["same-operator"]


def test_a_finding_says_its_place_its_key_and_its_hint_in_one_line(spoilt: Copy) -> None:
    spoilt.change("term: 30 days", "term: whenever")
    finding = spoilt.only("term")
    line = f"policy.yaml:{finding.line}: error: [promises.destroy-after-withdrawal.term]"
    assert str(finding).startswith(line)
    assert "10 working days" in finding.hint
    with translation.override("ru"):
        assert "непонятен" in str(finding)
        assert ": ошибка: " in str(finding)


def test_a_policy_that_is_loaded_cannot_be_changed(minimal: Path) -> None:
    policy = load_folder(minimal)
    with pytest.raises(TypeError):
        policy.purposes["other"] = policy.purposes["orders"]  # type: ignore[index]
    with pytest.raises(TypeError):
        policy.purposes["orders"].title.update(en="x")  # type: ignore[attr-defined]


def test_a_loaded_policy_answers_about_its_clauses(minimal: Path) -> None:
    policy = load_folder(minimal)
    assert policy.clause_of("policy.version") == "Header/p0"
    assert policy.bound_to("vault.block") == ("3.2/p2", "3.2/p2")
    assert [each.slug for each in policy.promises_on("consent.withdrawn")] == [
        "destroy-after-withdrawal"
    ]
    clause = policy.clause("3.3(b)", "ru")
    assert clause is not None
    assert clause.text.startswith("На запросы")
    assert "6 месяцев" in policy.passage("3.2(b)", "ru")
    controls = {binding.control for binding in policy.bindings_of("3.3")}
    assert controls == {"request.clock", "request.extend"}
    assert policy.languages == ("en", "ru")


@pytest.mark.parametrize(
    ("control", "said", "code", "hint"),
    [
        ("access.detect", "bulk-read: 50", "unknown-parameter", "bulk-reads"),
        ("access.detect", "bulk-reads: many", "parameter-value", "5000"),
        ("access.detect", "opens: 25 o'clock", "parameter-value", "08:00"),
        ("request.identity", "acces: document", "unknown-parameter", "access"),
        ("request.identity", "access: mail-lnik", "parameter-value", "mail-link"),
        ("consent.implied", "strict: yes please", "parameter-value", "true"),
        ("request.clock", "immediately: soon", "parameter-value", "30 minutes"),
        ("vault.encrypt", "grouds: none", "unknown-parameter", ""),
    ],
)
def test_a_parameter_that_a_control_does_not_know_or_cannot_read_is_found(
    spoilt: Copy, control: str, said: str, code: str, hint: str
) -> None:
    row = f'  - {{control: {control}, clauses: ["1.1"], with: {{{said}}}}}\n'
    spoilt.change("controls:\n", f"controls:\n{row}")
    finding = spoilt.only(code)
    lines = (spoilt.path / "policy.yaml").read_text(encoding="utf-8").splitlines()
    assert (finding.severity, finding.key) == (
        WARNING,
        f"controls[0].with.{said.partition(':')[0]}",
    )
    assert said in lines[finding.line - 1]
    for language in ("en", "ru"):
        with translation.override(language):
            assert control in finding.message
            assert hint in finding.hint
    assert spoilt.check().policy is not None, "what was published stays readable"
