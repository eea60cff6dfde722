"""``tutela demo``: the sample operators, people living there, and a clock to play with."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.conf import settings

from tutela import __version__
from tutela.cli.commands import command
from tutela.cli.say import progress, tell
from tutela.core import clock as clocks
from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.core.clock import ManualClock
from tutela.db.scope import operator_scope
from tutela.demo import clock, people, sites
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.errors import NumberTaken
from tutela.service import homes, running, staff
from tutela.service.commands import configure_port

_PUBLISHED = "samples.json"
STAFF = "officer"
"""The name with which the demonstration's desk is entered."""


def _configure(parser: ArgumentParser) -> None:
    configure_port(parser)
    parser.add_argument(
        "--no-browser", action="store_true", help="do not open the first page in the browser"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget the former demonstration and begin anew"
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="show every sample operator, not only those that open at once; it starts more slowly",
    )


@command(
    "demo",
    help="run a demonstration with sample operators, people and a clock, on the embedded database",
    configure=_configure,
    database=False,
)
def demo(options: Namespace) -> int:
    home = Path(settings.TUTELA_HOME)
    homes.claim_for_demo(home)
    if options.fresh or homes.was_cut_off(home):
        homes.begin_anew(home)

    def welcome(url: str) -> None:
        for operator in policies.operators():
            sites.start(operator.slug)
        _welcome(url, home)
        if not options.no_browser and _has_a_screen():
            webbrowser.open(f"{url}/")

    plan = running.Plan(
        port=options.port,
        prepare=lambda: prepare(home, everything=options.all),
        welcome=welcome,
    )
    try:
        return running.run(plan)
    finally:
        sites.stop()


def _has_a_screen() -> bool:
    """Without one a browser in text mode would take the terminal away."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform == "darwin" or any(os.environ.get(name) for name in screens)


def prepare(home: Path, *, everything: bool = False) -> None:
    """Publish the samples, let people live there, open the desk. Safe to repeat."""
    clock.install()
    folders = shown(policies.samples(), everything=everything)
    if policies.operators():
        _publish_samples(home, folders)
    else:
        with clocks.use(ManualClock(clocks.now() - people.SEASON)):
            _publish_samples(home, folders)
    password, made = staff_password(home)
    for operator in policies.operators():
        if staff.give_account(STAFF, operator.slug, "officer", password):
            progress(f"Opened the desk of {operator.brand}")
        _populate(operator, home)
    if made:
        staff.set_password(STAFF, password)


def move_in(home: Path, folder: Path) -> None:
    """Publish one sample and let people live there, as on a first start."""
    clock.install()
    with clocks.use(ManualClock(clocks.now() - people.SEASON)):
        _publish_samples(home, [folder])
    password, _made = staff_password(home)
    operator = next(each for each in policies.operators() if each.slug == folder.name)
    staff.give_account(STAFF, operator.slug, "officer", password)
    _populate(operator, home)


def prepare_samples(samples: Path) -> list[Path]:
    """The folders of all samples there are."""
    return shown(samples, everything=True)


def shown(samples: Path, *, everything: bool) -> list[Path]:
    """The folders to show: those that ``demo.txt`` lists, one name a line, or all of them."""
    folders = sorted(path.parent for path in samples.glob("*/policy.yaml"))
    listed = samples / "demo.txt"
    if everything or not listed.exists():
        return folders
    names = listed.read_text(encoding="utf-8").split()
    return [folder for folder in folders if folder.name in names]


def _publish_samples(home: Path, folders: list[Path]) -> None:
    """Publish each sample unless this very folder has been published here before."""
    known = _published(home)
    operators = {operator.slug for operator in policies.operators()}
    for folder in folders:
        digest = _digest(folder)
        if known.get(folder.name) == digest and folder.name in operators:
            continue
        progress(f"Publishing the policy of {folder.name}")
        try:
            policies.publish(policies.load_folder(folder))
        except NumberTaken:
            progress(
                f"The sample {folder.name} has changed since this demonstration began; "
                "tutela demo --fresh takes it up"
            )
        known[folder.name] = digest
    (home / _PUBLISHED).write_text(json.dumps(known), encoding="utf-8")


def _published(home: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((home / _PUBLISHED).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    listed = {str(path.relative_to(folder)): sha256_hex(path.read_bytes()) for path in files}
    return sha256_hex(canonical_bytes({**listed, "version": __version__}))


def _populate(operator: policies.OperatorRow, home: Path) -> None:
    """Let people move in where nobody lives yet."""
    with operator_scope(operator.id):
        if identity.subjects(operator.id, limit=1):
            return
    progress(f"People are moving in at {operator.brand}")
    with homes.moving_in(home):
        people.populate(operator)


def staff_password(home: Path) -> tuple[str, bool]:
    """The demonstration's password for the desk, mode 0600, and whether it was made just now."""
    path = home / "demo-password"
    made = not path.exists()
    if made:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(staff.new_password())
    return path.read_text(encoding="ascii"), made


def _welcome(url: str, home: Path) -> None:
    tell(f"Tutela’s demonstration is open: {url}/")
    for operator in policies.operators():
        here = f"{url}/en/{operator.slug}"
        tell(f"\n  {operator.brand}")
        if site := sites.address(operator.slug):
            tell(f"    its own site      {site}")
        tell(f"    the policy        {here}/policy/")
        tell(f"    is it kept?       {here}/proof/")
        tell(f"    a person’s data   {here}/my/")
        tell(f"    the desk          {url}/en/desk/{operator.slug}/")
    tell(f"\n  To sign in at the desk: {STAFF}, password {staff_password(home)[0]}")
    ahead = clocks.now().date()
    tell(f"  The demonstration’s date is {ahead.isoformat()}; it lives in {home}")
    tell("\nStop with Ctrl-C; the next start goes on from here.")
