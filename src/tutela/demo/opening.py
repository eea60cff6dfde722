"""Opening one more sample operator while the demonstration runs.

A first start shows few operators, so that it is quick; each of the others moves in when somebody
asks for it. Its season is lived through in a process of its own, because there the clock goes back;
meanwhile nothing is swept for this operator (``moving_in``), which would find all of it late.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.cli.commands import command
from tutela.core.errors import Conflict, NotFound
from tutela.demo import sites
from tutela.demo.commands import move_in, prepare_samples
from tutela.demo.pages import demo_page
from tutela.policy import actions as policies
from tutela.web.pages import PageRequest, page_url

_OPENING = "opening"
_LOOKS = 5
_LONGEST = 300
"""Seconds that a season may take on a slow machine."""


class NotOpened(Conflict):
    """A sample could not be opened; what it said stands in the terminal."""


@dataclass(frozen=True, slots=True)
class Sample:
    slug: str
    brand: str


def closed_samples() -> list[Sample]:
    """The samples that have not moved in."""
    here = {each.slug for each in policies.operators()}
    folders = prepare_samples(policies.samples())
    return [Sample(each.name, _brand(each)) for each in folders if each.name not in here]


def _brand(folder: Path) -> str:
    """Said by the file without compiling it, which takes seconds."""
    for line in (folder / "policy.yaml").read_text(encoding="utf-8").splitlines():
        if line.startswith("  brand:"):
            return line.partition(":")[2].strip().strip('"')
    return folder.name


def moving_in() -> str:
    """The slug of the operator whose people are moving in now, or an empty string."""
    try:
        with _note().open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _note().read_text(encoding="utf-8").strip()
    except OSError:
        pass
    return ""


@contextmanager
def _alone(slug: str) -> Iterator[None]:
    """The lock ends with the process that holds it, however that ends."""
    with _note().open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotOpened(_("Another sample is moving in. Try again in half a minute.")) from None
        file.truncate(0)
        file.write(slug)
        file.flush()
        yield


def _is_ours(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # somebody opens another, or only looks whether anybody does
        time.sleep(0.1)
        return False
    return True


def _note() -> Path:
    return Path(settings.TUTELA_HOME) / _OPENING


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="the folder's name among the samples")


@command(
    "samples open",
    help="let one more sample operator move into the running demonstration",
    configure=_configure,
)
def open_sample(options: Namespace) -> int:
    folders = {each.name: each for each in prepare_samples(policies.samples())}
    if not settings.TUTELA_DEMO or options.name not in folders:
        raise NotFound("There is no such sample, or this home holds no demonstration.")
    with _alone(options.name):
        move_in(Path(settings.TUTELA_HOME), folders[options.name])
    return 0


@demo_page("demo/open/<slug:sample>/", name="demo-open", methods=("POST",))
def open_here(request: PageRequest, sample: str) -> HttpResponseBase:
    """Wait until the sample has moved in, then show it with the others."""
    if sample not in {each.slug for each in closed_samples()}:
        raise NotFound(_("This sample is open already, or there is none of this name."))
    run = "import sys; from tutela.app import main; sys.exit(main(sys.argv[1:]))"
    here = {**os.environ, "TUTELA_HOME": str(settings.TUTELA_HOME), "TUTELA_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, "-c", run, "samples", "open", sample],
        env=here,
        timeout=_LONGEST,
        check=False,
    )
    if done.returncode:
        raise NotOpened(_("The sample could not be opened; the terminal says why."))
    sites.start(sample)
    return HttpResponseRedirect(page_url(request, "demo"))
