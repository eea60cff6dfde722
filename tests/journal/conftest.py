"""A log of an operator of its own for every test, and ways to tamper with its rows."""

from __future__ import annotations

import contextlib
import io

import pytest
from django.db import connection

from tutela.core import ids
from tutela.db.scope import operator_scope
from tutela.journal import actions
from tutela.journal.entries import KeyUsed


@pytest.fixture
def operator():
    return ids.new_id()


@pytest.fixture
def write(operator):
    """Write ``count`` entries in one transaction and return their identifiers."""

    def write(count=1):
        with operator_scope(operator):
            return [actions.append(operator, KeyUsed(key=f"k{each}")) for each in range(count)]

    return write


@pytest.fixture
def exported(operator):
    """The whole log as lines."""

    def exported():
        stream = io.StringIO()
        with operator_scope(operator):
            actions.export_log(operator, stream)
        return stream.getvalue().splitlines()

    return exported


@contextlib.contextmanager
def unguarded(*tables):
    """What the owner of the tables could do: switch the triggers off, tamper, switch them on."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def tamper():
    return unguarded
