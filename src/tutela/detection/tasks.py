"""Background work of this room: the journal is looked through as it grows."""

from __future__ import annotations

from tutela.detection import actions
from tutela.jobs.sweeps import Sweep, register

register(Sweep("detection.watch", actions.look_through))
