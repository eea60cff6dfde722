from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
from django import forms
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import timezone, translation

import tutela
from tutela.web import dates
from tutela.web.components import STATES, Bar, Pager, Part, Step

PACKAGE = Path(tutela.__file__).parent
WITH_A_SCRIPT_OF_OURS = {"passkey.html", "add_passkey.html"}
"""Pages of staff on which the browser has to ask a device; without script there is a password."""


def render(source: str, language: str = "en", **context) -> str:
    with translation.override(language):
        return engines["django"].from_string(source).render(context)


def test_a_day_is_written_as_people_write_it():
    moment = datetime(2024, 6, 3, 2, 30, tzinfo=UTC)
    with timezone.override("America/New_York"):
        assert dates.day(moment, "en") == "2\N{NO-BREAK SPACE}June 2024"
        assert dates.day(moment, "ru") == "2\N{NO-BREAK SPACE}июня 2024"
        assert dates.minute(moment, "en") == "2\N{NO-BREAK SPACE}June 2024, 22:30"
    assert dates.short_day(date(2024, 5, 31), "ru") == "31\N{NO-BREAK SPACE}мая"


def test_numbers_are_parted_by_thousands_only_when_they_are_long():
    thin = "\N{NARROW NO-BREAK SPACE}"
    assert [dates.number(each) for each in (0, 9999, 10000, 1234567)] == [
        "0",
        "9999",
        f"10{thin}000",
        f"1{thin}234{thin}567",
    ]


def test_a_missing_date_is_nothing_and_not_a_word():
    assert render("{{ none|day }}{{ none|minute }}{{ none|short_day }}", none=None) == ""


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_is_a_word_with_a_colour(language):
    for slug, (tone, _) in STATES.items():
        pill = render("{% state slug %}", language, slug=slug)
        assert f'class="state {tone}"' in pill
        assert pill.partition(">")[2].partition("<")[0].strip()


def test_a_bar_is_drawn_to_the_hundredth_and_told_in_words_in_both_languages():
    parts = [Part("kept", 2), Part("broken", 1), Part("at-risk", 0)]
    for language, words in (("en", "2 kept, 1 broken"), ("ru", "2 исполняется, 1 нарушено")):
        picture = render("{% status_bar parts %}", language, parts=parts)
        assert f'aria-label="{words}"' in picture
        assert 'x="66.667%" width="33.333%"' in picture
        assert "at-risk" not in picture


def test_a_bar_of_nothing_is_empty_and_does_not_divide_by_zero():
    assert render("{% status_bar parts %}", parts=[Part("kept", 0)]).count("<rect") == 1
    assert 'width="0.000%"' in render("{% bars 't' bars %}", bars=[Bar("June", 0)])


def test_what_people_write_never_becomes_markup():
    evil = "<script>alert(1)</script>"
    source = """
    {% card evil note=evil %}{{ evil }}{% endcard %}{% facts %}{% fact evil note=evil %}{{ evil }}
    {% endfact %}{% endfacts %}{% state evil %}{% state "kept" label=evil %}{% figure 1 evil evil %}
    {% rows evil evil %}{% row %}{% cell evil %}{{ evil }}{% endcell %}{% endrow %}{% endrows %}
    {% notice "info" evil %}{{ evil }}{% endnotice %}{% button evil name=evil value=evil %}
    {% link_button evil evil %}{% crumb evil evil %}{% empty evil evil url=evil action=evil %}
    {% timeline steps %}{% bars evil bars %}{% pager pager %}{% field form.name %}
    {% consent form.agree %}{% form_errors form %}
    """

    class Evil(forms.Form):
        name = forms.CharField(label=evil, help_text=evil, max_length=1)
        agree = forms.BooleanField(label=evil, help_text=evil)

    page = render(
        source,
        evil=evil,
        steps=[Step(evil, evil, url=evil)],
        bars=[Bar(evil, 1, evil)],
        pager=Pager(evil, evil, evil),
        form=Evil({"name": evil}),
    )
    assert "<script" not in page
    assert page.count("&lt;script") > 20


def test_a_wrong_field_names_its_error_its_reason_and_keeps_what_was_typed():
    class Sample(forms.Form):
        email = forms.EmailField(label="E-mail", help_text="the answer is sent there")

    form = Sample({"email": "not an address"})
    field = render("{% field form.email example='a@example.com' %}", form=form)
    assert 'aria-describedby="id_email-error id_email-note"' in field
    assert 'aria-invalid="true"' in field
    assert 'value="not an address"' in field
    assert "for example, a@example.com" in field
    summary = render("{% form_errors form %}", form=form)
    assert 'href="#id_email"' in summary
    assert "1 thing to put right" in summary
    assert not render("{% form_errors form %}", form=Sample()).strip()


def test_russian_counts_errors_in_its_three_ways():
    class Sample(forms.Form):
        pass

    for count, words in ((1, "1 место"), (3, "3 места"), (11, "11 мест ")):
        form = Sample({})
        form.full_clean()
        for number in range(count):
            form.add_error(None, str(number))
        assert words in render("{% form_errors form %}", "ru", form=form)


def templates() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda each: each.name)
def test_a_template_has_no_script_no_style_attribute_and_no_cookie_token(path):
    source = path.read_text(encoding="utf-8").lower()
    if path.name in WITH_A_SCRIPT_OF_OURS:
        source = source.replace("<script src=\"{% static 'identity/passkeys.js' %}\"></script>", "")
    for forbidden in ("<script", "style=", "onclick=", "csrf_token", "javascript:", "<style"):
        assert forbidden not in source, forbidden


@pytest.mark.parametrize("path", templates(), ids=lambda each: each.name)
def test_a_template_can_be_read(path):
    engines["django"].from_string(path.read_text(encoding="utf-8"))


def said_in_code(room: str) -> set[str]:
    said = set()
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in {"_", "gettext", "gettext_lazy", "ngettext"}:
                said.add(next(each.value for each in reversed(node.args[:2]) if read(each)))
    return said


def read(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def said_in_templates(room: str) -> set[str]:
    said = set()
    for path in (PACKAGE / room).rglob("templates/**/*.html"):
        parsed = engines["django"].from_string(path.read_text(encoding="utf-8"))
        for node in parsed.template.nodelist.get_nodes_by_type(TranslateNode):
            said.add(str(node.filter_expression.var.literal))
        for node in parsed.template.nodelist.get_nodes_by_type(BlockTranslateNode):
            said.add(node.render_token_list(node.singular)[0])
    return said


@pytest.mark.parametrize("room", ["web", "demo", "policy"])
def test_everything_a_page_says_is_said_in_russian(room):
    entries = polib.pofile(str(PACKAGE / room / "locale/ru/LC_MESSAGES/django.po"))
    assert not [each.msgid for each in entries if not each.translated()]
    known = {each.msgid for each in entries} | {each.msgid_plural for each in entries}
    said = said_in_templates(room) | (said_in_code(room) if room != "policy" else set())
    assert len(said) > 20
    assert not said - known
