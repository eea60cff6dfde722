"""Looks at a home from outside, past the application: what was promised, and what is there.

Each check adds a sentence to the ledger's problems; none stops at the first. Statements run as
the database's superuser, each in one snapshot, so that work going on meanwhile is seen either
before or after its transaction and never half.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.campaigns.ledger import Ledger, Person
from tests.campaigns.processes import Installation

GRAVE = hashlib.sha256(b"tutela: this share was destroyed").digest()
SHARE = 32  # bytes of a slot

FORGOTTEN = "SELECT subject_id FROM retention_act WHERE kind = 'journal'"
"""People about whom the journal has forgotten, when the term of evidence was over: by an act."""

PARCELS = "SELECT parcel FROM processors_command WHERE parcel IS NOT NULL"
"""What is sealed for a processor that has not answered yet belongs to nobody (ADR 0033)."""

# Each statement finds what must not be; the sentence says what the rows are then.
ALWAYS = {
    "subjects that are neither whole nor destroyed (values, records, keys, acts)": """
        SELECT s.subject_id, v.n, r.n, k.n, a.n, s.destroyed_at
        FROM identity_subject s,
        LATERAL (SELECT count(*) n FROM vault_value x WHERE x.subject_id = s.subject_id) v,
        LATERAL (SELECT count(*) n FROM vault_record x WHERE x.subject_id = s.subject_id) r,
        LATERAL (SELECT count(*) n FROM vault_key x WHERE x.subject_id = s.subject_id) k,
        LATERAL (SELECT count(*) n FROM vault_identifier x WHERE x.subject_id = s.subject_id) i,
        LATERAL (SELECT count(*) n FROM retention_act x
                 WHERE x.subject_id = s.subject_id AND x.kind = 'destruction') a
        WHERE NOT CASE WHEN s.destroyed_at IS NULL
            THEN v.n > 0 AND r.n > 0 AND k.n = 1 AND a.n = 0
            ELSE v.n = 0 AND r.n = 0 AND k.n = 0 AND i.n = 0 AND a.n = 1 END""",
    "values, keys, records or index entries of nobody": f"""
        SELECT DISTINCT subject_id FROM (
            SELECT subject_id FROM vault_value UNION ALL SELECT subject_id FROM vault_key
            UNION ALL SELECT subject_id FROM vault_record
            UNION ALL SELECT subject_id FROM vault_identifier) x
        WHERE subject_id NOT IN (SELECT subject_id FROM identity_subject)
        AND subject_id NOT IN ({PARCELS})""",  # noqa: S608
    "processors that have answered and for whom something is still sealed": """
        SELECT id FROM processors_command
        WHERE acknowledged_at IS NOT NULL AND parcel IS NOT NULL""",
    "records without values": """
        SELECT id FROM vault_record r
        WHERE NOT EXISTS (SELECT FROM vault_value v WHERE v.record_id = r.id)""",
    "values without a record": """
        SELECT record_id FROM vault_value v
        WHERE NOT EXISTS (SELECT FROM vault_record r WHERE r.id = v.record_id)""",
    "identifying values that are not found by the index, or index entries without value": """
        SELECT record_id, field FROM vault_value
        WHERE field IN ('email', 'phone') AND superseded_at IS NULL
        EXCEPT SELECT record_id, field FROM vault_identifier
        UNION ALL (SELECT record_id, field FROM vault_identifier
        EXCEPT SELECT record_id, field FROM vault_value WHERE superseded_at IS NULL)""",
    "withdrawals without exactly one obligation to destroy, or without one to stop": """
        SELECT w.id, s.n, d.n FROM consent_withdrawal w,
        LATERAL (SELECT count(*) n FROM obligations_obligation o
            WHERE o.cause = w.id AND o.outcome = 'stop') s,
        LATERAL (SELECT count(*) n FROM obligations_obligation o
            WHERE o.cause = w.id AND o.outcome = 'destroy' AND o.fallback_of IS NULL) d
        WHERE s.n = 0 OR d.n <> 1 AND NOT (w.channel = 'mail' AND d.n = 0)  -- to be confirmed""",
    "obligations to destroy that ended without evidence": """
        SELECT id, state FROM obligations_obligation
        WHERE outcome = 'destroy' AND state NOT IN ('open', 'late')
        AND (evidence IS NULL OR evidence::text IN ('{}', 'null'))""",
    "forms that were remembered or journalled other than once": f"""
        SELECT s.id, e.n FROM requests_submission s
        LEFT JOIN LATERAL (SELECT count(*) n FROM journal_entry e
            WHERE e.kind = 'form.received' AND e.data->>'record' = s.id::text) e ON true
        WHERE e.n <> CASE WHEN s.subject_id IN ({FORGOTTEN}) THEN 0 ELSE 1 END""",  # noqa: S608
    "journalled forms without a letter of receipt, or with more than one": """
        SELECT s.id, l.n FROM requests_submission s
        LEFT JOIN LATERAL (SELECT count(*) n FROM requests_letter l
            WHERE l.kind = 'form-received' AND l.about = s.id) l ON true
        WHERE l.n <> 1 AND NOT EXISTS (SELECT FROM intake_message m WHERE m.record = s.id)""",
    "withdrawals without exactly one letter": """
        SELECT w.id, l.n FROM consent_withdrawal w
        LEFT JOIN LATERAL (SELECT count(*) n FROM requests_letter l
            WHERE l.kind = 'withdrawal-received' AND l.about = w.id) l ON true
        WHERE l.n <> 1 AND w.channel <> 'mail'""",
    "records without an end in sight": f"""
        SELECT r.id FROM vault_record r WHERE r.subject_id NOT IN ({PARCELS}) AND NOT EXISTS (
            SELECT FROM retention_schedule s WHERE s.record = r.id AND s.ends_at IS NOT NULL)""",  # noqa: S608
    "values that were destroyed twice (record and field in two acts)": """
        SELECT record->>'record', slug, count(*) FROM retention_act a,
            jsonb_array_elements(a.envelope::jsonb->'document'->'what'->'records') record,
            jsonb_array_elements_text(record->'fields') slug
        WHERE a.kind <> 'impossibility' GROUP BY 1, 2 HAVING count(*) > 1""",
    "values that an act says are destroyed": """
        SELECT v.record_id, v.field FROM retention_act a,
            jsonb_array_elements(a.envelope::jsonb->'document'->'what'->'records') record,
            jsonb_array_elements_text(record->'fields') slug, vault_value v
        WHERE a.kind <> 'impossibility'
        AND v.record_id::text = record->>'record' AND v.field = slug""",
    "operators’ keys of which none or more than one is in use": """
        SELECT operator_id, use, count(*) FILTER (WHERE state = 'current') FROM vault_operator_key
        GROUP BY operator_id, use HAVING count(*) FILTER (WHERE state = 'current') <> 1""",
    "people whose data key is wrapped by a key that is destroyed": """
        SELECT k.subject_id, k.wrapper FROM vault_key k JOIN vault_operator_key o
        ON o.operator_id = k.operator_id AND o.use = 'wrapping' AND o.name = k.wrapper
        WHERE o.state = 'destroyed'""",
    "gaps in the numbers of acts": """
        SELECT operator_id, year, count(*), max(number) FROM retention_act
        GROUP BY operator_id, year HAVING count(*) <> max(number) OR min(number) <> 1""",
    "acts without their entry in the journal": f"""
        SELECT id, kind FROM retention_act a WHERE kind <> 'impossibility' AND (
            SELECT count(*) FROM journal_entry e
            WHERE e.kind = CASE a.kind WHEN 'journal' THEN 'retention.evidence-ended'
                WHEN 'processors' THEN 'retention.processors-done' ELSE 'retention.destroyed' END
            AND e.data->>'act' = a.id::text)
        <> CASE WHEN kind <> 'journal' AND subject_id IN ({FORGOTTEN}) THEN 0 ELSE 1 END""",  # noqa: S608
    "people about whom the journal forgot although they were not destroyed": f"""
        SELECT subject_id FROM identity_subject
        WHERE destroyed_at IS NULL AND subject_id IN ({FORGOTTEN})""",  # noqa: S608
    "entries that are gone without standing in the list of what was removed": """
        SELECT l.operator_id, l.index FROM journal_leaf l
        WHERE NOT EXISTS (SELECT FROM journal_entry e
            WHERE e.operator_id = l.operator_id AND e.id = l.entry_id)
        AND NOT EXISTS (SELECT FROM journal_pruned p
            WHERE p.operator_id = l.operator_id AND p.index = l.index)""",
    "destructions in the journal without their act": """
        SELECT id FROM journal_entry e WHERE e.kind = 'retention.destroyed' AND NOT EXISTS (
            SELECT FROM retention_act a WHERE a.id::text = e.data->>'act')""",
}


class Inspection:
    def __init__(self, tutela: Installation, ledger: Ledger, operator: str) -> None:
        self.tutela, self.ledger, self.operator = tutela, ledger, operator
        self._slots: set[int] = set()
        self._alive: set[int] = set()
        self._operator_id = ""
        self._checkpoint: Path | None = None
        self._figures: list[str] = []
        self._checks: Counter[str] = Counter()

    def figures(self) -> list[str]:
        """What was found, and how often each invariant was looked at."""
        checks = f"{self._checks.total()} checks of {len(self._checks)} invariants"
        return [*self._figures, f"{checks}, {len(self.ledger.problems)} of them broken"]

    def _must_be_empty(self, when: str, what: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._checks[what] += 1
        found = [" ".join(str(each) for each in row) for row in rows]
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            self.ledger.problem(f"{when}: {what}: {'; '.join(found[:3])}{more}")

    def look(self, when: str) -> None:
        """What must hold at every moment; and remember the slots that are in use."""
        for what, statement in ALWAYS.items():
            self._must_be_empty(when, what, self.tutela.sql(statement))
        self._alive = self._of_operator("SELECT slot FROM vault_value WHERE operator_id = %s")
        self._slots |= self._alive
        forms = [each.about for each in self.ledger.forms]
        self._must_be_empty(
            when,
            "acknowledged forms that the journal does not know",
            self._lost(
                forms,
                "SELECT data->>'record' FROM journal_entry WHERE kind = 'form.received' "  # noqa: S608
                f"UNION SELECT id::text FROM requests_submission WHERE subject_id IN ({FORGOTTEN})",
            ),
        )
        self._must_be_empty(
            when,
            "acknowledged withdrawals that are not there",
            self._lost(
                (person.withdrawal for person in self.ledger.withdrawals),
                "SELECT id::text FROM consent_withdrawal",
            ),
        )

    def _lost(self, acknowledged: Iterable[str], statement: str) -> list[tuple[str]]:
        there = {row[0].replace("-", "") for row in self.tutela.sql(statement)}
        return [(each,) for each in acknowledged if each.replace("-", "") not in there]

    def _of_operator(self, statement: str) -> set[int]:
        return {row[0] for row in self.tutela.sql(statement, self.operator_id())}

    def operator_id(self) -> str:
        if not self._operator_id:
            rows = self.tutela.sql("SELECT id FROM policy_operator WHERE slug = %s", self.operator)
            self._operator_id = str(rows[0][0])
        return self._operator_id

    def keep_checkpoint(self) -> None:
        """The first checkpoint, as a stranger might have kept it; the last log must contain it."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            rows = self.tutela.sql(
                "SELECT note FROM journal_checkpoint WHERE operator_id = %s ORDER BY size DESC",
                self.operator_id(),
            )
            if rows:
                self._checkpoint = self.tutela.home.with_name("checkpoint")
                self._checkpoint.write_text(rows[0][0], encoding="utf-8")
                return
            time.sleep(0.2)
        self.ledger.problem("Nobody has signed a checkpoint of the journal within 30 s.")

    # after the last kill

    def wait_for_letters(self, patience: float = 60.0) -> None:
        """Every letter leaves by itself; what a killed process had in hand is taken up again."""
        waiting = "SELECT count(*) FROM requests_letter WHERE state = 'queued'"
        end = time.monotonic() + patience
        while self.tutela.sql(waiting)[0][0]:
            if time.monotonic() > end:
                self.ledger.problem("Letters still wait a minute after the last kill.")
                return
            time.sleep(0.5)
        self._must_be_empty(
            "after the last kill",
            "letters that were given up",
            self.tutela.sql("SELECT id, kind FROM requests_letter WHERE state <> 'sent'"),
        )
        self._check_post()

    def _check_post(self) -> None:
        """Each acknowledged form's receipt has really been posted."""
        posted = b"".join(path.read_bytes() for path in self.tutela.mail())
        plain = posted.replace(b"=\n", b"")  # soft line breaks of quoted-printable
        self._checks["every acknowledged form has a letter that was posted"] += 1
        for form in self.ledger.forms:
            if form.about.encode() not in plain:
                self.ledger.problem(f"The letter about form {form.about} was never posted.")
        asked = sum(person.links_asked for person in self.ledger.people)
        ((made,),) = self.tutela.sql(
            "SELECT count(*) FROM requests_letter WHERE kind = 'sign-in' AND subject_id = ANY(%s)",
            [person.subject for person in self.ledger.people if person.subject],
        )
        self._checks["every link that was asked for was made"] += 1
        if made < asked:
            self.ledger.problem(f"{asked} links to sign in were asked for, {made} were made.")

    def check_living(self, portal: Callable[[Person], str]) -> None:
        """Everything acknowledged is whole, and opens: the portal shows what was typed."""
        staying = [each for each in self.ledger.people if each.acknowledged and not each.leaving]
        held: dict[str, set[str]] = {}
        for record, field in self.tutela.sql("SELECT record_id, field FROM vault_value"):
            held.setdefault(record.hex, set()).add(field)
        self._checks["what was typed is held, field by field"] += len(staying)
        for person in staying:
            for form in person.acknowledged:
                if held.get(form.about, set()) != form.fields:
                    self.ledger.problem(f"The form {form.about} is not held as it was sent.")
        self._checks["the portal shows what was typed"] += len(staying[-10:])
        for person in staying[-10:]:
            if person.name not in portal(person):
                self.ledger.problem(f"The portal does not show the data of {person.subject}.")
        self._figures.append(f"{len(staying)} people stayed and their data is whole")

    def check_withdrawn(self) -> None:
        """Two months on, each withdrawal was carried out: nothing is open, one act, all gone."""
        left = [person.withdrawal for person in self.ledger.withdrawals]
        self._must_be_empty(
            "two months later",
            "withdrawals not carried out (withdrawal, obligation's state, acts)",
            self.tutela.sql(
                "SELECT w.id, o.state, a.n FROM consent_withdrawal w "
                "JOIN obligations_obligation o ON o.cause = w.id AND o.outcome = 'destroy' "
                "CROSS JOIN LATERAL (SELECT count(*) n FROM retention_act a "
                "  WHERE a.cause = w.id AND a.kind = 'destruction') a "
                "WHERE w.id = ANY(%s) AND NOT (o.state = 'discharged' AND a.n = 1)",
                left,
            ),
        )
        gone = [person.subject for person in self.ledger.withdrawals]
        self._must_be_empty(
            "two months later",
            "people who withdrew and are not destroyed",
            self.tutela.sql(
                "SELECT subject_id FROM identity_subject "
                "WHERE destroyed_at IS NULL AND subject_id = ANY(%s)",
                gone,
            ),
        )
        self._figures.append(f"{len(left)} withdrawals were carried out, each with one act")

    def check_end(self) -> None:
        """Beyond every date nobody is left, and nothing that can act by itself is overdue."""
        when = "after every date"
        subjects = [person.subject for person in self.ledger.people if person.subject]
        self._must_be_empty(
            when,
            "people who are still there",
            self.tutela.sql(
                "SELECT subject_id FROM identity_subject "
                "WHERE destroyed_at IS NULL AND subject_id = ANY(%s)",
                subjects,
            ),
        )
        self._must_be_empty(
            when,
            "obligations that the system forgot",
            self.tutela.sql(
                "SELECT id, outcome, state FROM obligations_obligation "
                "WHERE outcome IN ('destroy', 'stop') AND state IN ('open', 'late') "
                "AND subject_id = ANY(%s)",
                subjects,
            ),
        )
        self._must_be_empty(
            when,
            "keys still to be overwritten",
            self.tutela.sql(
                "SELECT slot FROM vault_shred WHERE operator_id = %s", self.operator_id()
            ),
        )
        self._must_be_empty(
            when,
            "changes of keys that nobody went on with",
            self.tutela.sql("SELECT id, kind FROM vault_rotation WHERE ended_at IS NULL"),
        )
        ((acts,),) = self.tutela.sql("SELECT count(*) FROM retention_act")
        self._figures.append(f"{acts} acts were made, each subject has exactly one of its end")

    def check_journal(self) -> None:
        """The whole log verifies by itself and contains the checkpoint kept at the start."""
        log = self.tutela.home.with_name("log.jsonl")
        log.unlink(missing_ok=True)
        exported = self.tutela.run("journal", "export", self.operator, str(log))
        if exported.returncode:
            self.ledger.problem(f"The journal could not be exported: {exported.stderr[-500:]}")
            return
        key = exported.stdout.partition("verifier key: ")[2].strip()
        kept = ("--checkpoint", str(self._checkpoint)) if self._checkpoint else ()
        verified = self.tutela.run("verify", str(log), "--key", key, *kept)
        self._checks["the log verifies and holds the first checkpoint"] += 1
        if verified.returncode:
            self.ledger.problem(f"The journal does not verify: {verified.stdout[-500:]}")
        self._figures.append(exported.stdout.splitlines()[0].rpartition("/")[2] + ", verified")

    def check_shares(self) -> None:
        """With nobody running: what was destroyed is overwritten on the disk, the rest is not."""
        path = self.tutela.home / "keys" / "vault" / self.operator_id_known / "shares"
        shares = path.read_bytes()
        dead = self._slots - self._alive
        self._checks["a share is overwritten when its value is destroyed, only then"] += len(
            self._slots
        )
        for slot in sorted(self._slots):
            share = shares[SHARE * slot : SHARE * (slot + 1)]
            if (share == GRAVE) != (slot in dead):
                state = "open" if slot in dead else "destroyed"
                self.ledger.problem(f"The key share in slot {slot} is {state} and should not be.")
        self._figures.append(f"{len(dead)} key shares were overwritten, {len(self._alive)} stand")

    @property
    def operator_id_known(self) -> str:
        """As it was read while the database ran."""
        assert self._operator_id
        return self._operator_id
