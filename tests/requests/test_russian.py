"""Every sentence that the code or a template of a room marks for translation has its Russian."""

from __future__ import annotations

import ast
import calendar
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest
from django.template import engines
from django.template.base import Node, NodeList
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

SOURCE = Path(__file__).parents[2] / "src" / "tutela"
ROOMS = (
    "journal",
    "policy",
    "identity",
    "applications",
    "api",
    "obligations",
    "gate",
    "consent",
    "retention",
    "requests",
    "conversations",
    "verification",
    "payments",
)
SAME = {"%(form)s, %(at)s", "%(point)s, %(at)s"}
"""Sentences without a word of their own."""
NAMES = re.compile(r"%\((\w+)\)[sd]")
Message = tuple[str | None, str]


def in_code(room: Path) -> Iterator[Message]:
    """Literals given to a function of gettext, under whatever name a module calls it."""
    for path in sorted(room.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {"plural": 0}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                for name in node.names:
                    known[name.asname or name.name] = int(name.name.startswith("pgettext"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = known.get(node.func.id)
                if place is None or len(node.args) <= place:
                    continue
                given = node.args[place]
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield node.args[0].value if place else None, given.value


def nodes(inside: NodeList | Node) -> Iterator[Node]:
    for node in inside:
        yield node
        for name in {*node.child_nodelists, "nodelist"}:
            yield from nodes(getattr(node, name, None) or NodeList())


def in_templates(room: Path) -> Iterator[Message]:
    found = sorted([*room.glob("templates/**/*.html"), *room.glob("templates/**/*.txt")])
    for path in found:
        name = path.relative_to(room / "templates").as_posix()
        for node in nodes(engines["django"].get_template(name).template.nodelist):
            if isinstance(node, TranslateNode):
                yield None, node.filter_expression.var.literal
            elif isinstance(node, BlockTranslateNode):
                yield None, node.render_token_list(node.singular)[0]


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_of_a_room_has_its_russian(room):
    folder = SOURCE / room
    catalogue = polib.pofile(str(folder / "locale" / "ru" / "LC_MESSAGES" / "django.po"))
    said = {(each.msgctxt, each.msgid): each for each in catalogue if not each.obsolete}
    marked = {*in_code(folder), *in_templates(folder)}
    assert marked
    missing = sorted(str(each) for each in marked - set(said) if each[1])
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("room", ROOMS)
def test_a_russian_sentence_is_russian_and_names_the_same_values(room):
    catalogue = polib.pofile(str(SOURCE / room / "locale" / "ru" / "LC_MESSAGES" / "django.po"))
    faults = []
    for each in catalogue:
        forms = list(each.msgstr_plural.values()) or [each.msgstr]
        wanted = set(NAMES.findall(each.msgid + each.msgid_plural))
        for form in forms:
            if each.msgid not in SAME and not re.search("[а-яё]", form, re.IGNORECASE):
                faults.append(f"not Russian: {each.msgid}")
            if set(NAMES.findall(form)) != wanted:
                faults.append(f"other values: {each.msgid}")
            if "“" in form or "”" in form or "..." in form:
                faults.append(f"not the marks of Russian print: {each.msgid}")
        if each.msgid_plural and len(forms) != 3:
            faults.append(f"not three forms: {each.msgid}")
        if each.fuzzy:
            faults.append(f"a guess: {each.msgid}")
    assert not faults, "\n".join(faults)


def test_no_room_renames_a_month_or_a_day_of_the_week():
    """The rooms share one catalogue with Django, whose dates would say it too."""
    locale = Path(django.__file__).parent / "conf" / "locale"
    dates = gettext.translation("django", locale, ["ru"])
    names = [*calendar.month_name[1:], *calendar.day_name]
    with translation.override("ru"):
        assert {name: str(translation.gettext(name)) for name in names} == {
            name: dates.gettext(name) for name in names
        }


def test_rooms_that_say_the_same_in_english_say_the_same_in_russian():
    """They share one catalogue, so that of two translations of one text one is never shown."""
    said: dict[Message, set[str]] = {}
    for path in SOURCE.glob("*/locale/ru/LC_MESSAGES/django.po"):
        for each in polib.pofile(str(path)):
            forms = " | ".join(each.msgstr_plural.values()) or each.msgstr
            said.setdefault((each.msgctxt, each.msgid), set()).add(forms)
    assert len(said) > 3000
    assert not {each: forms for each, forms in said.items() if len(forms) > 1}
