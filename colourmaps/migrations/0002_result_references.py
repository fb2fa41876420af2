"""References of results, guaranteed once per statement on PostgreSQL.

A foreign key is checked row by row, which costs six times the rest of loading half a million results
(docs/performance.md). A trigger per statement joins all its rows with the tables they speak of at once; and whoever
deletes a pupil, indicator, round or class that has results is stopped in the same way. On SQLite, the services check
(colourmaps.services.recording.check_references), and nothing else writes results.
"""

from django.db import migrations

PARENTS = {
    "pupil_id": "pupils_pupil",
    "indicator_id": "colourmaps_indicator",
    "round_id": "colourmaps_measurementround",
    "school_class_id": "accounts_unit",
}
TABLES = ("colourmaps_result", "colourmaps_supersededresult")

# All references in one pass: the new rows are kept outside the indexes, and each reading of them costs as much as a join.
CHECK_NEW = """
create function colourmaps_check_references() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from new_rows n
        {joins}
        where {is_missing}
    ) then
        raise foreign_key_violation using message = 'a result refers to a row of {tables} that is not there';
    end if;
    return null;
end $$
"""
JOIN = "left join {parent} on {parent}.id = n.{column} and {parent}.municipality_id = n.municipality_id"
IS_MISSING = "(n.{column} is not null and {parent}.id is null)"
WATCH_NEW = """
create trigger {table}_references_{event} after {event} on {table}
referencing new table as new_rows for each statement execute function colourmaps_check_references()
"""
CHECK_GONE = """
create function colourmaps_keep_{parent}() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from gone g
        join colourmaps_result r on r.municipality_id = g.municipality_id and r.{column} = g.id
    ) or exists (
        select 1 from gone g
        join colourmaps_supersededresult r on r.municipality_id = g.municipality_id and r.{column} = g.id
    ) then
        raise foreign_key_violation using message = 'there are results that refer to a deleted row of {parent}';
    end if;
    return null;
end $$
"""
WATCH_GONE = """
create trigger {parent}_keeps_results after delete on {parent}
referencing old table as gone for each statement execute function colourmaps_keep_{parent}()
"""


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    pairs = [{"column": column, "parent": parent} for column, parent in PARENTS.items()]
    schema_editor.execute(
        CHECK_NEW.format(
            joins="\n        ".join(JOIN.format(**pair) for pair in pairs),
            is_missing=" or ".join(IS_MISSING.format(**pair) for pair in pairs),
            tables=" or ".join(PARENTS.values()),
        )
    )
    for table in TABLES:
        for event in ("insert", "update"):
            schema_editor.execute(WATCH_NEW.format(table=table, event=event))
    for column, parent in PARENTS.items():
        schema_editor.execute(CHECK_GONE.format(column=column, parent=parent))
        schema_editor.execute(WATCH_GONE.format(parent=parent))


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for parent in PARENTS.values():
        schema_editor.execute(f"drop trigger {parent}_keeps_results on {parent}")
        schema_editor.execute(f"drop function colourmaps_keep_{parent}()")
    for table in TABLES:
        for event in ("insert", "update"):
            schema_editor.execute(f"drop trigger {table}_references_{event} on {table}")
    schema_editor.execute("drop function colourmaps_check_references()")


class Migration(migrations.Migration):
    dependencies = [("colourmaps", "0001_initial")]
    operations = [migrations.RunPython(make_triggers, drop_triggers)]
