"""The components as template tags and filters; the settings make them known everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tutela.web import dates, guard
from tutela.web.components import IDLE, STATES, Bar, Column, Pager, Part, Step, percent, stretches
from tutela.web.pages import ROUTES
from tutela.web.pages import page_url as address

register = template.Library()


def _inner(content: str) -> SafeString:
    """The content of a block tag: rendered, and so escaped, by the template engine already."""
    return mark_safe(content)  # noqa: S308


# --- links and forms -------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, **parameters: Any) -> str:
    return address(context["request"], name, **parameters)


@register.simple_tag
def page_exists(name: str) -> bool:
    """Whether a room of this installation offers the page."""
    return name in ROUTES


@register.simple_tag(takes_context=True)
def form_token(context: Context, target: str = "", operator: str = "") -> str:
    token = guard.form_token(context["request"], target, operator)
    return format_html('<input type="hidden" name="{}" value="{}">', guard.FIELD, token)


@register.simple_tag(takes_context=True)
def clause(context: Context, ref: str, label: str = "", version: int | None = None) -> str:
    """The number of a clause as a link to where it is published, highlighted there."""
    if not ref:
        return ""
    url = address(context["request"], "policy-clause", ref=ref)
    if version is not None:
        url += f"?version={version}"
    return format_html('<a class="clause" href="{}">{}</a>', url, label or ref)


@register.inclusion_tag("web/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    fields = [(each, error) for each in form for error in each.errors] if form.is_bound else []
    return {"form": form, "fields": fields, "count": len(fields) + len(form.non_field_errors())}


def _described(bound: BoundField, why: str, example: str) -> dict[str, Any]:
    name = bound.auto_id or bound.html_name
    notes = [f"{name}-note"] if why or example else []
    errors = [f"{name}-error"] if bound.errors else []
    attributes: dict[str, str | bool] = {}
    if errors or notes:
        attributes["aria-describedby"] = " ".join(errors + notes)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    control = bound.as_widget(attrs=attributes)
    return {
        "bound": bound,
        "id": name,
        "why": why,
        "sentence": why.endswith((".", "?")),
        "example": example,
        "control": control,
    }


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, why: str = "", example: str = "") -> dict[str, Any]:
    return _described(
        bound,
        str(why or getattr(bound.field, "why", "") or bound.help_text),
        str(example or getattr(bound.field, "example", "")),
    )


@register.inclusion_tag("web/consent.html")
def consent(bound: BoundField, note: str = "") -> dict[str, Any]:
    return _described(bound, str(note or getattr(bound.field, "why", "") or bound.help_text), "")


@register.simple_tag
def button(label: str, kind: str = "main", name: str = "", value: str = "") -> str:
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html('<button class="button {}"{}>{}</button>', kind, named, label)


@register.simple_tag
def link_button(label: str, url: str, kind: str = "quiet") -> str:
    return format_html('<a class="button {}" href="{}">{}</a>', kind, url, label)


@register.simple_tag
def crumb(label: str, url: str) -> str:
    return format_html('<p class="crumb"><a href="{}">← {}</a></p>', url, label)


# --- blocks ----------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    *,
    note: str = "",
    id: str = "",  # noqa: A002 - the attribute's name in HTML
    level: int = 2,
) -> str:
    named = format_html(' id="{}"', id) if id else ""
    heading = format_html("<h{0}>{1}</h{0}>", level, title) if title else ""
    aside = format_html('<p class="note">{}</p>', note) if note else ""
    return format_html(
        '<section class="card"{}>{}{}{}</section>', named, heading, aside, _inner(content)
    )


@register.simple_block_tag
def facts(content: str) -> str:
    return format_html('<dl class="facts">{}</dl>', _inner(content))


@register.simple_block_tag
def fact(content: str, label: str, note: str = "") -> str:
    aside = format_html(' <span class="note">{}</span>', note) if note else ""
    return format_html("<div><dt>{}</dt><dd>{}{}</dd></div>", label, _inner(content.strip()), aside)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> str:
    heading = format_html("<p><strong>{}</strong></p>", title) if title else ""
    role = "alert" if tone == "problem" else "status" if tone == "done" else "note"
    return format_html(
        '<div class="notice {}" role="{}">{}{}</div>', tone, role, heading, _inner(content)
    )


@register.simple_block_tag
def figures(content: str) -> str:
    return format_html('<ul class="figures" role="list">{}</ul>', _inner(content))


@register.simple_tag
def figure(value: int | str, label: str, url: str = "") -> str:
    shown = dates.number(value) if isinstance(value, int) else value
    words = format_html('<strong>{}</strong> <span class="note">{}</span>', shown, label)
    return format_html(
        "<li>{}</li>", format_html('<a href="{}">{}</a>', url, words) if url else words
    )


@register.simple_block_tag
def rows(content: str, caption: str, *columns: str) -> str:
    """A table; the roles stay when a phone's layout takes the table's display away."""
    heads = format_html_join(
        "", '<th role="columnheader" scope="col">{}</th>', ((each,) for each in columns)
    )
    return format_html(
        '<table class="rows" role="table"><caption class="hidden">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table>',
        caption,
        heads,
        _inner(content),
    )


@register.simple_block_tag
def row(content: str, id: str = "") -> str:  # noqa: A002
    named = format_html(' id="{}"', id) if id else ""
    return format_html('<tr role="row"{}>{}</tr>', named, _inner(content))


@register.simple_block_tag
def cell(content: str, label: str = "", *, numeric: bool = False) -> str:
    """``label`` is the column's head again: on a phone it stands before the value."""
    return format_html(
        '<td role="cell" data-label="{}"{}>{}</td>',
        label,
        mark_safe(' class="numeric"') if numeric else "",
        _inner(content.strip()),
    )


# --- states and pictures ---------------------------------------------------------------------


@register.simple_tag
def state(slug: str, label: str = "", tone: str = "") -> str:
    known, word = STATES.get(slug, (IDLE, slug))
    return format_html('<span class="state {}">{}</span>', tone or known, label or word)


@register.inclusion_tag("web/status_bar.html")
def status_bar(parts: Sequence[Part]) -> dict[str, Any]:
    words = [(each.count, each.label or STATES[each.state][1]) for each in parts if each.count]
    return {"stretches": stretches(parts), "words": words}


@register.inclusion_tag("web/timeline.html")
def timeline(steps: Sequence[Step]) -> dict[str, Any]:
    return {"steps": steps}


@register.inclusion_tag("web/empty.html")
def empty(title: str, text: str, url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("web/pager.html")
def pager(pager: Pager) -> dict[str, Any]:
    return {"pager": pager}


@register.inclusion_tag("web/bars.html")
def bars(title: str, bars: Sequence[Bar]) -> dict[str, Any]:
    """A list in which every line has its word, its number and a bar drawn to one scale."""
    top = max((each.value for each in bars), default=0) or 1
    drawn = [
        {
            "label": each.label,
            "text": each.text or dates.number(each.value),
            "width": percent(each.value, top),
            "tone": STATES[each.state][0] if each.state else "accent",
        }
        for each in bars
    ]
    return {"title": title, "bars": drawn}


@register.inclusion_tag("web/days.html")
def days(title: str, columns: Sequence[Column]) -> dict[str, Any]:
    """Days side by side, a week in a row where it is narrow, drawn to one scale."""
    top = max((each.value + each.more for each in columns), default=0) or 1
    drawn = [
        {
            "column": each,
            "top": percent(top - each.value - each.more, top),
            "foot": percent(top - each.value, top),
            "height": percent(each.value, top),
            "more": percent(each.more, top),
        }
        for each in columns
    ]
    return {"title": title, "days": drawn}


# --- filters ---------------------------------------------------------------------------------


@register.filter
def day(value: datetime | date | None) -> str:
    return dates.day(value) if value else ""


@register.filter
def short_day(value: datetime | date | None) -> str:
    return dates.short_day(value) if value else ""


@register.filter
def minute(value: datetime | None) -> str:
    return dates.minute(value) if value else ""


@register.filter
def number(value: int) -> str:
    return dates.number(value)


@register.filter
def worded(words: Mapping[str, str] | None) -> str:
    """A policy's ``Words`` in the reader's language, else in any language it has."""
    if not words:
        return ""
    return words.get((get_language() or "en")[:2]) or next(iter(words.values()))
