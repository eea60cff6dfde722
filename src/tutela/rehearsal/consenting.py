"""What a scenario can say about consents beside forms and withdrawals."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutela.consent import actions as consent
from tutela.consent import evidence, publishing
from tutela.consent.giving import How
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import SYSTEM, Actor, ActorKind
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import Result, World


@verb("consent", needs=("by", "purposes"), takes=("mode", "act", "point", "until"))
def agree(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) consents to ``purposes`` outside of a form: ``mode`` is the act (statement,
    use, device, by-guardian, ...; default statement), ``act`` the operator's own name for it,
    ``point`` the collection point, ``until`` an individual end. Somebody who is not known yet
    becomes a person of the policy's first category that one of the purposes is for."""
    person, purposes = world.person(said["by"]), _several(said["purposes"])
    with world.scope():
        if person.subject is None:
            person.subject = identity.new_subject(
                world.operator_id, person.language, _category(world, purposes)
            )
        try:
            consent.give(
                world.operator_id,
                person.subject,
                purposes,
                act=said.get("act") or "rehearsal",
                point=said.get("point") or "",
                language=person.language,
                mode=said.get("mode") or "statement",
                expires_at=world.moment(str(said["until"])) if said.get("until") else None,
            )
        except TutelaError as error:
            world.result = Result("refused", type(error).__name__, message=str(error))
            return f"{person.name} tried to consent to {', '.join(purposes)}: {error}"
    world.result = Result("accepted")
    return f"{person.name} consented to {', '.join(purposes)}"


def _category(world: World, purposes: tuple[str, ...]) -> str:
    first = world.policy.purposes[purposes[0]]
    return first.subjects[0]


@verb("let-publish", needs=("by", "purpose", "fields"), takes=("conditions",))
def let_publish(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) lets ``fields`` of ``purpose`` be made public, each by its own consent,
    under ``conditions`` (no-transfer, no-processing)."""
    person = world.person(said["by"])
    subject, fields = world.subject(person.name), _several(said["fields"])
    with world.scope():
        try:
            publishing.agree(
                world.operator_id,
                subject,
                said["purpose"],
                fields,
                language=person.language,
                how=How(act="rehearsal", mode="statement", point="", language=person.language),
                actor=Actor(ActorKind.SUBJECT, str(subject)),
                conditions=_several(said.get("conditions")),
            )
        except TutelaError as error:
            world.result = Result("refused", type(error).__name__, message=str(error))
            return f"{person.name} tried to let {', '.join(fields)} be published: {error}"
    world.result = Result("accepted")
    return f"{person.name} let {', '.join(fields)} be made public"


@expectation(
    "proof",
    needs=("of", "purpose"),
    takes=("standing", "events", "version", "language", "point", "channel", "act", "says"),
)
def proof(world: World, said: dict[str, Any]) -> Answer:
    """The proof ``of`` a person's consent to ``purpose`` is made and verified offline:
    ``standing`` is given, withdrawn, expired, stopped or no-consent, ``events`` their number. The
    first of them names the ``version`` of the policy, the ``language``, the ``point``, the
    ``channel`` and the ``act``; its text ``says`` these words."""
    subject = world.subject(said["of"])
    key = journal.public_key(world.operator_id)
    file = evidence.take(world.operator_id, subject, said["purpose"], actor=SYSTEM, reason="audit")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proof.json"
        path.write_text(file.content, encoding="utf-8")
        report = offline.verify_file(path, [key])
    found = _of_proof(evidence.document_of(file))
    holds = report.holds and all(said.get(name, value) == value for name, value in found.items())
    holds &= str(said.get("says", "")) in found["text"]
    verified = "verified" if report.holds else "not verified"
    shown = ", ".join(f"{name} {value}" for name, value in found.items() if name != "text")
    return Answer(holds, f"proof {said}", f"{shown}, {verified}")


def _of_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    events = document["events"]
    first = events[0] if events else {}
    return {
        "standing": document["standing"],
        "events": len(events),
        "version": first.get("policy_version"),
        "language": first.get("language", ""),
        "point": first.get("point", ""),
        "channel": first.get("channel", ""),
        "act": first.get("act", ""),
        "text": document["texts"].get(first.get("text_hash", ""), ""),
    }


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)
