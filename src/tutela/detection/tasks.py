"""Background work of this room: the journal is looked through as it grows."""

from __future__ import annotations

from tutela.detection import actions
from tutela.jobs.sweeps import Sweep, register
from tutela.journal import actions as journal

_UNSEEN = f"""
{journal.SIZE} > coalesce(
    (SELECT position FROM detection_cursor WHERE operator_id = %(operator)s), 0)
"""  # noqa: S608 - of our own parts
register(Sweep("detection.watch", actions.look_through, waiting=_UNSEEN))
