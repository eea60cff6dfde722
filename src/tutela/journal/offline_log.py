"""Verifies a whole exported log and names the entry that was touched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.journal import notes, tree
from tutela.journal.findings import Report, Unreadable
from tutela.journal.formats import (
    digest_of_places,
    entry_id,
    parse_json,
    parse_keys,
    part,
    unpack,
)
from tutela.journal.notes import NoteError, TreeHead, Verifier

_PUBLIC_KEY = re.compile("[0-9a-f]{64}")
_MOST_NAMED = 20
"""So many removed or moved entries are named one by one."""

_LARGEST_SEARCH = 300
"""Up to so many entries between two checkpoints, a single inserted or swapped one is sought."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the file has it: ``stated`` is the hash written beside it."""

    number: int
    index: int
    id: str
    operator: str
    hash: bytes
    stated: bytes
    pruned: str = ""
    """The entry that says the content was removed after its term; then ``hash`` is what is left."""


@dataclass(slots=True)
class Log:
    entries: list[Line] = field(default_factory=list)
    checkpoints: list[tuple[int, str]] = field(default_factory=list)
    """(line, note)"""
    successors: list[tuple[int, bytes]] = field(default_factory=list)
    """(index, public key) of each entry in which the log's key names the one to follow."""
    runs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What each entry about a removal says, by its identifier."""


def verify_log(
    header: Mapping[str, Any],
    lines: Iterable[tuple[int, str]],
    given: tuple[Verifier, ...] = (),
    kept_checkpoint: str | None = None,
) -> Report:
    """Check every line, the order, every signature, and the past of ``kept_checkpoint``."""
    own = parse_keys([each for each in part(header, "keys", list) if isinstance(each, str)])
    if not own:
        raise Unreadable("bad-shape", name="keys")
    trusted = given or own
    report = Report("log", str(trusted[-1]), not given, size=part(header, "size", int))
    log = _read(lines, report)
    report.entries = len(log.entries)
    _check_order(log.entries, report)
    _check_pruned(log, report)
    _check_owner(log.entries, part(header, "operator", str), report)
    heads = _open_checkpoints(log, own, trusted, report)
    if heads:
        report.size = max(report.size, heads[-1].size)
    in_order = sorted(log.entries, key=lambda each: each.index)
    whole = [each.index for each in in_order] == list(range(len(in_order)))
    if whole:
        _check_heads(in_order, heads, report)
        _check_end(in_order, report)
    else:
        _name_changed(in_order, report, root_agrees=False)
    if kept_checkpoint is not None:
        _check_past(in_order, _open_kept(kept_checkpoint, trusted), report, whole=whole)
    return report


def _read(lines: Iterable[tuple[int, str]], report: Report) -> Log:
    log = Log()
    for number, line in lines:
        content = parse_json(line)
        try:
            if isinstance(content, dict) and "checkpoint" in content:
                log.checkpoints.append((number, part(content, "checkpoint", str)))
                continue
            log.entries.append(_line(log, number, content))
        except (Unreadable, UnicodeEncodeError):
            report.found("line-damaged", line=number)
    return log


def _line(log: Log, number: int, content: Any) -> Line:
    index, stated = part(content, "index", int), unpack(part(content, "hash", str))
    if "pruned" in content:
        name = f"pruned {index}"
        return Line(number, index, name, "", stated, stated, part(content, "pruned", str))
    text = part(content, "entry", str)
    parsed = parse_json(text)
    leaf: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    said = leaf.get("data")
    data: dict[str, Any] = said if isinstance(said, dict) else {}
    match leaf.get("kind"):
        case "journal.pruned":
            log.runs[entry_id(text)] = data
        case "journal.key-replaced":
            key = str(data.get("key"))
            if _PUBLIC_KEY.fullmatch(key):
                log.successors.append((index, bytes.fromhex(key)))
    operator = str(leaf.get("operator")) if leaf else ""
    return Line(number, index, entry_id(text), operator, tree.leaf_hash(text.encode()), stated)


def _check_pruned(log: Log, report: Report) -> None:
    """Every removed entry was removed by a run of which the log itself says what it removed."""
    removed: dict[str, list[int]] = {}
    for each in log.entries:
        if each.pruned:
            removed.setdefault(each.pruned, []).append(each.index)
    for run, indexes in removed.items():
        if log.runs.get(run) == {"count": len(indexes), "digest": digest_of_places(indexes)}:
            report.pruned += len(indexes)
        else:
            report.found("entry-removed-silently", index=min(indexes))


def _check_order(entries: list[Line], report: Report) -> None:
    times = Counter(each.index for each in entries)
    seen: dict[int, Line] = {}
    ids: dict[str, int] = {}
    for each in entries:
        if times[each.index] > 1 and each.index in seen:
            report.found("entry-inserted", line=each.number, id=each.id)
        elif each.id in ids:
            report.found("entry-repeated", id=each.id, first=ids[each.id], index=each.index)
        seen[each.index] = each
        ids.setdefault(each.id, each.index)
    highest = max(seen, default=-1)
    removed = [index for index in range(highest) if index not in seen]
    for index in removed[:_MOST_NAMED]:
        report.found("entry-removed", index=index)
    if removed or len(seen) != len(entries):
        return
    moved = [pair for pair in enumerate(entries) if pair[0] != pair[1].index]
    for place, each in moved[:_MOST_NAMED]:
        report.found(
            "entry-reordered", index=each.index, id=each.id, line=each.number, expected=place
        )


def _check_owner(entries: list[Line], operator: str, report: Report) -> None:
    for each in entries:
        if each.operator != operator and not each.pruned:
            report.found("entry-foreign", index=each.index, id=each.id)
    name = Verifier.parse(report.key).name
    if not name.endswith("/" + operator):
        report.found("origin-differs", origin=name)


def _open_checkpoints(
    log: Log, own: tuple[Verifier, ...], trusted: tuple[Verifier, ...], report: Report
) -> list[TreeHead]:
    """The tree heads in order. The last must be signed by a trusted key: it covers all before;
    earlier ones may be signed by a key that was replaced since. A trusted key vouches for the one
    that it names in the tree it signs."""
    heads = []
    if not log.checkpoints:
        report.found("no-checkpoint")
    for place, (line, note) in enumerate(log.checkpoints, start=1):
        is_last = place == len(log.checkpoints)
        try:
            head, signer = notes.open_checkpoint(note, trusted if is_last else (*trusted, *own))
        except NoteError as error:
            report.found(f"checkpoint-{error.fault}", line=line)
            continue
        heads.append(head)
        if signer in trusted:
            named = (Verifier(signer.name, key) for at, key in log.successors if at < head.size)
            trusted = tuple(dict.fromkeys((*trusted, *named)))
        if is_last:
            report.key = str(signer)
    return sorted(heads, key=lambda each: each.size)


def _check_heads(entries: list[Line], heads: list[TreeHead], report: Report) -> None:
    """Compare the entries, in the order of their indexes, with every signed root."""
    built, agreed = tree.CompactRange(), 0
    for head in heads:
        if head.size > len(entries):
            break
        before = tree.CompactRange(built.size, list(built.peaks))
        for each in entries[built.size : head.size]:
            built.append(each.hash)
        if built.root() != head.root:
            _name_altered(entries, before, head, agreed, report)
            return
        agreed = head.size
    _name_changed(entries, report, root_agrees=True)


def _name_changed(entries: list[Line], report: Report, *, root_agrees: bool) -> int:
    changed = [each for each in entries if each.hash != each.stated]
    code = "hash-altered" if root_agrees else "entry-changed"
    for each in changed[:_MOST_NAMED]:
        report.found(code, index=each.index, id=each.id)
    return len(changed)


def _name_altered(
    entries: list[Line], before: tree.CompactRange, head: TreeHead, agreed: int, report: Report
) -> None:
    """Say as exactly as can be known which entry makes ``head`` disagree."""
    if _name_changed(entries[agreed:], report, root_agrees=False):
        return
    suspects = entries[agreed : head.size]
    if len(suspects) <= _LARGEST_SEARCH and (
        _name_inserted(entries, before, head, report)
        or _name_swapped(suspects, before, head, report)
    ):
        return
    report.found(
        "range-altered",
        first=agreed,
        last=head.size - 1,
        first_id=suspects[0].id if suspects else "?",
        last_id=suspects[-1].id if suspects else "?",
        size=head.size,
    )


def _continued(before: tree.CompactRange, entries: Iterable[Line]) -> bytes:
    built = tree.CompactRange(before.size, list(before.peaks))
    for each in entries:
        built.append(each.hash)
    return built.root()


def _name_inserted(
    entries: list[Line], before: tree.CompactRange, head: TreeHead, report: Report
) -> bool:
    wider = entries[before.size : head.size + 1]
    if len(wider) <= head.size - before.size:
        return False
    for place, each in enumerate(wider):
        if _continued(before, wider[:place] + wider[place + 1 :]) == head.root:
            report.found("entry-inserted", line=each.number, id=each.id)
            return True
    return False


def _name_swapped(
    suspects: list[Line], before: tree.CompactRange, head: TreeHead, report: Report
) -> bool:
    for place in range(len(suspects) - 1):
        first, second = suspects[place], suspects[place + 1]
        if (
            _continued(before, [*suspects[:place], second, first, *suspects[place + 2 :]])
            == head.root
        ):
            report.found("entries-swapped", first=first.index, last=second.index, id=first.id)
            return True
    return False


def _check_end(entries: list[Line], report: Report) -> None:
    if report.size > len(entries):
        report.found("log-truncated", size=report.size, entries=len(entries), index=len(entries))
    elif report.size < len(entries) and report.holds:
        first = entries[report.size]
        report.found("entries-unsigned", index=first.index, id=first.id)


def _open_kept(note: str, trusted: tuple[Verifier, ...]) -> TreeHead:
    try:
        return notes.open_checkpoint(note, trusted)[0]
    except NoteError as error:
        raise Unreadable("bad-checkpoint-file") from error


def _check_past(entries: list[Line], kept: TreeHead, report: Report, *, whole: bool) -> None:
    if kept.size > len(entries):
        report.found("log-truncated", size=kept.size, entries=len(entries), index=len(entries))
    elif not whole or tree.root_of(each.hash for each in entries[: kept.size]) != kept.root:
        report.found("past-rewritten", size=kept.size)
