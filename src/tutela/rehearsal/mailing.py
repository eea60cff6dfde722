"""What people do by mail in a scenario: letters as mail programs write them, and links opened."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from tutela.core.canonical import sha256_hex
from tutela.core.ids import new_id
from tutela.intake import actions as intake
from tutela.intake.wording import State
from tutela.rehearsal.registry import verb
from tutela.rehearsal.world import CannotRehearse, Result, World


@verb("mail", needs=("by",), takes=("subject", "text", "from", "id", "headers"))
def mail(world: World, said: dict[str, Any]) -> str:
    """A mail of ``by`` arrives. ``subject`` is its subject line, understood by the policy's
    markers; ``text`` its body; ``from`` overrides the person's address; ``headers`` are lines that
    a mail program or server adds; the same ``id`` again is the same mail twice."""
    person = world.person(said["by"])
    sender = said.get("from") or person.value("email", "email")
    raw = _message(world, said, sender, f"{person.name}-{said.get('id') or new_id()}")
    with world.scope():
        arrived = intake.arrive(world.operator_id, raw)
    if arrived.state == State.HELD:
        world.result = Result("refused", reason=arrived.reason)
        return f"a mail of {person.name} could not be taken: {arrived.reason}"
    person.subject = person.subject or arrived.subject
    reason = arrived.reason if arrived.state == State.ASIDE else arrived.event
    world.result = Result("repeated" if arrived.repeated else "accepted", reason=reason)
    return f"a mail of {person.name} arrived: {arrived.state}, {reason}"


def _message(world: World, said: dict[str, Any], sender: str, name: str) -> bytes:
    """The message as a mail program writes it."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = world.policy.operator.email
    made["Subject"] = str(said.get("subject") or "")
    made["Message-ID"] = f"<{sha256_hex(name.encode())[:32]}@mail.example>"
    for header, value in (said.get("headers") or {}).items():
        made[str(header)] = str(value)
    made.set_content(str(said.get("text") or "Example"))
    return made.as_bytes()


@verb("confirm", needs=("by",), short="by")
def confirm(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) opens the link by which they confirm that they wrote the letter that
    withdrew their consent."""
    person = world.person(said["by"])
    subject = world.subject(person.name)
    with world.scope():
        waiting = intake.listing(world.operator_id, states=[State.CONFIRMING])
        mine = next((each for each in waiting if each.subject_id == subject), None)
        if mine is None:
            raise CannotRehearse(f"No letter of {person.name} waits to be confirmed.")
        intake.confirm_by_link(world.operator_id, mine.id)
    world.result = Result("accepted", reason=mine.event)
    return f"{person.name} confirmed the letter"
