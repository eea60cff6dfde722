"""Settings are checked before anything is done, and secrets are never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutela.core import environment
from tutela.core.environment import HIDDEN, Setting, problems, shown, unknown
from tutela.core.variables import SETTINGS

TUTELA = str(Path(sys.executable).with_name("tutela"))


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("DATABASE_URL", "postgresql://u:p@h:5432/d", "mysql://u:p@h/d"),
        ("DATABASE_URL", "postgresql://u@/d?host=/run", "postgresql://u:p@h:99999/d"),
        ("TUTELA_PUBLIC_URL", "https://data.example.org", "data.example.org"),
        ("TUTELA_SMTP_URL", "smtp+tls://mail.example.org:587", "http://mail.example.org"),
        ("TUTELA_DEMO", "1", "yes"),
        ("TUTELA_METRICS", "127.0.0.1:9600", "9600"),
        ("TUTELA_METRICS", "[::1]:9600", "127.0.0.1:70000"),
        ("TUTELA_LOG", "json", "xml"),
        ("TUTELA_STOP_SECONDS", "30", "-1"),
        ("TUTELA_STOP_SECONDS", "0.5", "soon"),
        ("TUTELA_PG_BIN", "/", "/no/such/folder"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_in_a_sentence(name, good, bad):
    assert problems(SETTINGS, {name: good}) == []
    (sentence,) = problems(SETTINGS, {name: bad})
    assert sentence.startswith(f"{name} must ")


def test_an_empty_value_counts_as_not_set():
    assert problems(SETTINGS, dict.fromkeys((each.name for each in SETTINGS), "")) == []


def test_a_variable_that_does_nothing_is_named_with_the_one_that_was_meant():
    (sentence,) = unknown(SETTINGS, {"TUTELA_PUBLIC_URI": "x", "PATH": "y", "TUTELA_HOME": "z"})
    assert sentence.startswith("TUTELA_PUBLIC_URI ")
    assert "TUTELA_PUBLIC_URL" in sentence


def test_a_password_is_hidden_wherever_it_stands():
    database = Setting("DATABASE_URL", "", "")
    assert shown(database, "postgresql://ann:s3cret@h/d") == f"postgresql://ann:{HIDDEN}@h/d"
    assert shown(Setting("KEY", "", "", secret=True), "s3cret") == HIDDEN
    assert shown(database, "postgresql://h/d") == "postgresql://h/d"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUTELA_")}
    return subprocess.run(
        [TUTELA, *arguments],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_mistake_is_told_at_once_and_nothing_is_started(tmp_path):
    done = run("up", TUTELA_HOME=str(tmp_path / "h"), TUTELA_LOG="xml", TUTELA_DEMO="maybe")
    assert done.returncode == 2
    assert "TUTELA_LOG must be" in done.stderr
    assert "TUTELA_DEMO must be" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "h").exists()


def test_the_settings_that_hold_are_shown_without_secrets(tmp_path):
    done = run(
        "config",
        TUTELA_HOME=str(tmp_path),
        TUTELA_SECRET_KEY="s3cret-of-sessions",
        TUTELA_SMTP_URL="smtp://post:s3cret-of-mail@mail.example.org",
        TUTELA_NONSENSE="1",
    )
    assert done.returncode == 0
    for each in SETTINGS:
        assert each.name in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
    assert "TUTELA_NONSENSE" in done.stderr


def test_a_check_accepts_what_it_describes():
    assert environment.seconds(0, 5)("5") == ""
    assert environment.one_of("a", "b")("c") == "be one of: a, b"
