"""What the rules are asked about: an operation, and everything they may look at beside it.

Pure values. ``rules`` asks them in order; ``compiled`` keeps answers to alike questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate.office import EMPTY, Approval, Office
from tutela.gate.reasons import CONTROLS, Reason
from tutela.gate.renewal import outdated
from tutela.gate.standing import Standing
from tutela.policy.model import Policy

THEMSELVES = frozenset({ActorKind.SUBJECT, ActorKind.REPRESENTATIVE})
"""Actors who stand for the person the data is about."""
_FINDING = frozenset({LawPurpose.IDENTIFICATION, LawPurpose.REIDENTIFICATION})


@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody wants to do. ``subject`` is None only while a person is being looked for;
    ``point`` names the collection point; ``basis``, if given, is the only legal basis to try;
    ``reason`` is the code with which staff explain why they look (a slug); ``right`` is the right
    a representative exercises, where it does not follow from the action. ``record`` narrows the
    operation to one record; ``store`` names where data is written, if that is not the vault;
    ``joins`` are purposes for which the person's data was read in the same transaction."""

    operator: UUID
    subject: UUID | None
    action: Action
    purpose: str
    fields: frozenset[str]
    actor: Actor
    recipient: str = ""
    point: str = ""
    basis: str = ""
    reason: str = ""
    right: str = ""
    record: UUID | None = None
    store: str = ""
    joins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. ``rule`` is the rule that gave it; ``reason`` is empty where it is yes, and
    ``basis`` where it is no. ``approval`` is the decision of an authorised representative that a
    yes rests on, where the policy asks for one."""

    permitted: bool
    rule: str
    reason: str = ""
    clause: str = ""
    basis: str = ""
    approval: UUID | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One question with everything the rules may look at."""

    policy: Policy
    standing: Standing
    operation: Operation
    now: datetime
    office: Office = EMPTY

    @property
    def by_law(self) -> bool:
        return self.operation.purpose in frozenset(LawPurpose)

    @property
    def finding(self) -> bool:
        """Whether a person is being looked for, by what identifies them or by a pseudonym."""
        return self.operation.purpose in _FINDING

    def refuse(self, reason: Reason, clause: str = "") -> Decision:
        bound = clause or self.policy.clause_of(CONTROLS[reason])
        return Decision(permitted=False, rule="", reason=reason, clause=bound)

    def permit(self, basis: str, clause: str) -> Decision:
        approval = self.approval() if self.needs_decision() else None
        by = approval.id if approval else None
        return Decision(permitted=True, rule="", basis=basis, clause=clause, approval=by)

    def needs_decision(self) -> bool:
        """Whether the policy lets this be done only by a decision of an authorised representative.

        What people demand of their own data is theirs to decide.
        """
        operation = self.operation
        return operation.actor.kind not in THEMSELVES and any(
            operation.action in each.operations
            and (not each.purposes or operation.purpose in each.purposes)
            for each in self.policy.decisions.values()
        )

    def approval(self) -> Approval | None:
        """The first live decision that covers the operation and that somebody else has taken."""
        operation = self.operation
        return next(
            (
                each
                for each in self.office.approvals
                if each.live(self.now)
                and each.covers(operation.action, operation.purpose, operation.subject)
                and not self._own(each)
            ),
            None,
        )

    def second_person(self, act: str) -> bool:
        """Whether somebody else has agreed to this act upon this person."""
        return any(
            each.act == act
            and each.live(self.now)
            and each.subject == self.operation.subject
            and not self._own(each)
            for each in self.office.approvals
        )

    def _own(self, approval: Approval) -> bool:
        actor = self.operation.actor
        return actor.kind is ActorKind.STAFF and approval.decided_by == actor.id

    def stands(self, kind: str) -> bool:
        """Whether a legal basis of this kind carries the purpose for this person now.

        An internal act of the operator binds the operator and is no ground against the person.
        A person's own form is a step towards the contract it asks for (152-FZ article 6(1)(5),
        GDPR article 6(1)(b)).
        """
        standing, purpose = self.standing, self.operation.purpose
        match kind:
            case "consent":
                consent = standing.consents.get(purpose)
                live = consent is not None and consent.live(self.now) and not standing.refused
                return live and not self.outdated
            case "contract":
                return self.operation.action == Action.COLLECTION or any(
                    purpose in each.purposes and each.live(self.now) for each in standing.contracts
                )
            case "law":
                return True
            case "legitimate-interest":
                return not standing.refused
            case _:
                return False

    @property
    def outdated(self) -> bool:
        """Whether the person agreed to the purpose in words that a new version has replaced."""
        consent = self.standing.consents.get(self.operation.purpose)
        return consent is not None and outdated(self.policy, self.operation.purpose, consent)

    def bases(self) -> list[str]:
        """The declared bases of the purpose, or the only one the operation asks to try."""
        wanted = self.operation.basis
        declared = self.policy.purposes[self.operation.purpose].bases
        return [each for each in declared if wanted in ("", each)]

    def standing_basis(self) -> str | None:
        """The first declared basis of the purpose that stands."""
        found = (each for each in self.bases() if self.stands(self.policy.bases[each].kind))
        return next(found, None)
