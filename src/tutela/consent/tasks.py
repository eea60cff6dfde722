"""Background work of this room: consents that end by themselves."""

from __future__ import annotations

from tutela.consent.ending import expire, next_moment
from tutela.jobs.sweeps import Sweep, register

register(Sweep("consent.expire", expire, next_moment))
