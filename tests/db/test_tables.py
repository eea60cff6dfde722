"""Every table of Tutela says what it may hold about a person, and what it says is true."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tutela import app
from tutela.db.tables import TABLES, Holds, Table
from tutela.requests.parts import BUILT_IN, PARTS

app.wire()

MODELS = {
    model._meta.db_table: model
    for config in apps.get_app_configs()
    if config.name.startswith("tutela.")
    for model in config.get_models(include_auto_created=True)
}
DECLARED = [pytest.param(table, id=name) for name, table in sorted(TABLES.items())]


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_table_is_declared(name: str) -> None:
    assert name in TABLES, f"Decorate the model of {name} with tutela.db.tables.declare."


@pytest.mark.parametrize("table", DECLARED)
def test_a_table_is_named_after_its_room_and_says_how_long_it_keeps(table: Table) -> None:
    assert table.name.startswith(f"{table.room}_")
    assert len(table.kept.split()) > 2


@pytest.mark.parametrize("table", DECLARED)
def test_what_erases_a_table_is_a_function_of_its_room(table: Table) -> None:
    if table.holds is Holds.SEALED:
        assert table.erased_by, "Sealed data must name what erases it."
    if table.erased_by:
        room, *module, action = table.erased_by.split(".")
        named = import_module(".".join(["tutela", room, *(module or ["actions"])]))
        assert inspect.isfunction(getattr(named, action))


@pytest.mark.parametrize("table", DECLARED)
def test_what_is_kept_of_a_person_is_told_in_their_copy_or_it_is_said_why_not(table: Table) -> None:
    if table.erased_by:
        assert bool(table.told) != bool(table.untold), "Say one of told= and untold=."
    assert not table.told or table.told in {*BUILT_IN, *PARTS}
    assert not table.untold or len(table.untold.split()) > 5


@pytest.mark.parametrize("table", DECLARED)
def test_only_the_vault_holds_more_than_opaque_identifiers(table: Table) -> None:
    assert table.holds is not Holds.SEALED or table.room == "vault"


@pytest.mark.parametrize("table", DECLARED)
def test_a_table_about_subjects_leads_its_key_with_operator_and_subject(table: Table) -> None:
    names = {field.name: field for field in table.model._meta.fields}
    if "subject_id" in names:
        assert table.holds is not Holds.NOTHING
    if "subject_id" in names and not names["subject_id"].null and not table.keyed:
        key = [field.name for field in table.model._meta.pk_fields]
        assert key[:2] == ["operator_id", "subject_id"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", DECLARED)
def test_the_database_isolates_every_table_of_an_operator(table: Table) -> None:
    if not any(field.name == "operator_id" for field in table.model._meta.fields):
        pytest.skip("has no operator")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = %s",
            [table.name],
        )
        assert cursor.fetchone() == (True,)


def test_the_register_of_tables_has_no_table_that_is_gone() -> None:
    assert {table.name for table in TABLES.values()} <= set(MODELS)
