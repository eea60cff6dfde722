"""The file for the buyer: one sealed line a person, that only the buyer's private key opens.

A line is on the disk before the transaction that says so commits. A process that dies between the
two writes the same person once more; the buyer takes the last line of a person.
"""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings

from tutela.core.permits import Permit
from tutela.gate import actions as gate
from tutela.policy.model import Policy
from tutela.runs.models import Run
from tutela.runs.planning import operations
from tutela.vault import actions as vault
from tutela.vault.backups.sealing import Lock, Opener, seal, unseal


def path_of(run_id: UUID) -> Path:
    return Path(settings.TUTELA_HOME) / "handed-over" / f"{run_id}.jsonl"


def hand_over(policy: Policy, run: Run, subject: UUID) -> tuple[str, ...]:
    """Seal what the gate lets the buyer have of a person, with the person's standing: consents,
    contracts, holds, blocks and prohibitions go along (003 6.2.4). The fields; empty if nothing."""
    data: dict[str, list[str]] = {}
    for each in operations(policy, run.buyer, run.operator_id, subject):
        permit = gate.permitted_fields(each)
        if isinstance(permit, Permit):
            for value in vault.read(permit):
                known = data.setdefault(value.field, [])
                known += [value.value] if value.value not in known else []
    if data:
        standing = gate.standing(run.operator_id, subject).to_json()
        _append(run, {"person": str(subject), "data": data, "standing": standing})
    return tuple(sorted(data))


def _append(run: Run, said: Mapping[str, Any]) -> None:
    place = path_of(run.id)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock(recipient=bytes.fromhex(run.key))
    text = json.dumps(said, ensure_ascii=False, default=str).encode()
    line = base64.b64encode(b"".join(seal(lock, [text]))) + b"\n"
    with open(place, "ab+", opener=_for_the_owner_alone) as file:
        _mend(file)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _for_the_owner_alone(name: str, flags: int) -> int:
    return os.open(name, flags, mode=0o600)


def _mend(file: IO[bytes]) -> None:
    """Cut off what a process that died left of a line."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return
    file.seek(size - 1)
    if file.read(1) != b"\n":
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)


def opened(file: Path, opener: Opener) -> Iterator[Mapping[str, Any]]:
    """What the buyer reads: each person once, as the last line says it."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in file.read_bytes().splitlines():
        text = b"".join(unseal(opener, io.BytesIO(base64.b64decode(line))))
        said = json.loads(text)
        found[said["person"]] = said
    yield from found.values()
