"""Faults of the text itself: what was not filled in, mixed languages, clauses that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.policy.clauses import Clause, Index
from tutela.policy.contradictions import signs
from tutela.policy.contradictions.registry import Clash, contradiction, original, saying
from tutela.policy.findings import ERROR, WARNING
from tutela.policy.model import Policy

_LEFT_OVER = re.compile(
    r"\[[^\]]*\b(?:insert|your|name of|company|date|address|вставьте|укажите|наименование|ваш\w*)"
    r"\b[^\]]*\]"
    r"|\{\{[^}]*\}\}|<<[^>]*>>|«_+»|_{4,}|\.{6,}"
    r"|\b(?:lorem ipsum|TODO|TBD|XXX+)\b"
    r"|\((?:insert|вставьте|укажите)\b[^)]*\)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\[bookmark:[^\]\n]*\]|</?[a-z]{1,10}>|&nbsp;", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\b[\w-]+(?:\.[\w-]+)+\b")
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"|\([^)]*\)")
_FOREIGN_ENOUGH = 6
_BY_NUMBER = re.compile(
    r"\b(?:clauses?|sections?|paragraphs?|пункт\w*|подпункт\w*|раздел\w*|п\.|пп\.)\s+"
    r"(?P<numbers>\d+(?:\.\d+)*(?:(?:,\s*|\s+(?:and|or|и|или)\s+)\d+(?:\.\d+)*)*)"
    r"(?P<after>[^.;]{0,40})",
    re.IGNORECASE,
)
_OF_A_LAW = re.compile(
    r"^\W*(?:of|к?)\s*(?:the\s+)?(?:federal\s+|said\s+)?"
    r"(?:law|act|code|regulation|gdpr|article|статьи|ст\.|закона|федеральн|кодекса)",
    re.IGNORECASE,
)


@contradiction(
    "template-left",
    ERROR,
    _("An instruction of a template was left in the text: “%(words)s”."),
    _("Fill it in or take it out, in every language, before the version is published."),
)
def template_left(policy: Policy) -> Iterator[Clash]:
    for clauses in policy.clauses.values():
        for here, clause in zip(original(policy), clauses, strict=False):
            if found := _LEFT_OVER.search(clause.text):
                yield Clash((here.ref,), {"words": found.group()})


@contradiction(
    "markup-left",
    WARNING,
    _("Marks of the program in which the text was written are left in it: “%(words)s”."),
    _("Take them out: the text is published byte for byte."),
)
def markup_left(policy: Policy) -> Iterator[Clash]:
    for text in policy.texts.values():
        if found := _MARKUP.search(text):
            yield Clash((), {"words": found.group()})


@contradiction(
    "unfinished-sentence",
    WARNING,
    _("The sentence “%(words)s” begins and says nothing of what it names."),
    _("Finish it, or settle by an assumption what it means."),
)
def unfinished_sentence(policy: Policy) -> Iterator[Clash]:
    """004 10.2."""
    for clause in original(policy):
        for sentence in re.split(r"(?<=[.!?])\s+", clause.text):
            if signs.WITHOUT_A_VERB.match(sentence):
                yield Clash((clause.ref,), {"words": sentence[:60]})


@contradiction(
    "mixed-language",
    WARNING,
    _("The clause mixes languages: “%(words)s”."),
    _("Say it in the language of the text, or settle by an assumption what is meant."),
)
def mixed_language(policy: Policy) -> Iterator[Clash]:
    """003 8.2.4: a Russian line in an English text. Names in Latin letters are at home in any."""
    for language, clauses in policy.clauses.items():
        cyrillic = language in _IN_CYRILLIC
        for here, clause in zip(original(policy), clauses, strict=False):
            if words := _foreign(clause, cyrillic=cyrillic):
                yield Clash((here.ref,), {"words": " ".join(words[:8])})


_IN_CYRILLIC = frozenset({"ru", "uk", "be", "kk", "ky", "bg", "sr", "mk", "tg", "mn"})


def _foreign(clause: Clause, *, cyrillic: bool) -> list[str]:
    words = _WORD.findall(_ADDRESS.sub(" ", _QUOTED.sub(" ", clause.text)))
    mixed = [each for each in words if _CYRILLIC.search(each) and _LATIN.search(each)]
    mixed += [each for each in words if re.fullmatch(r"\d+[Ѐ-ӿ]", each) and not cyrillic]
    if mixed:
        return mixed
    if not cyrillic:
        return [each for each in words if _CYRILLIC.search(each)]
    latin = [each for each in words if _LATIN.search(each)]
    return latin if len(latin) >= _FOREIGN_ENOUGH and len(latin) * 2 > len(words) else []


@dataclass(frozen=True, slots=True)
class _Mention:
    clause: Clause
    number: str


@contradiction(
    "missing-clause",
    WARNING,
    _("The clause refers to %(number)s, and the text has no such clause."),
    _("Correct the number."),
)
def missing_clause(policy: Policy) -> Iterator[Clash]:
    index = Index(original(policy))
    for mention in _mentions(policy):
        if index.resolve(mention.number) is None:
            yield Clash((mention.clause.ref,), {"number": mention.number})


def _mentions(policy: Policy) -> Iterator[_Mention]:
    """Numbers of this text that its clauses name; articles of laws are others'."""
    for clause in original(policy):
        for found in _BY_NUMBER.finditer(clause.text):
            if not _OF_A_LAW.match(found["after"]):
                for number in re.findall(r"\d+(?:\.\d+)*", found["numbers"]):
                    yield _Mention(clause, number)


@contradiction(
    "reversed-definition",
    WARNING,
    _("Depersonalising is explained as taking out the part that identifies a person."),
    _("Settle by an assumption that the usual meaning holds: nobody can be identified any more."),
)
def reversed_definition(policy: Policy) -> Iterator[Clash]:
    """003 1.11; 152-FZ article 3(9)."""
    for clause in saying(policy, signs.DEPERSONALISATION, signs.TAKEN_OUT):
        yield Clash((clause.ref,))
