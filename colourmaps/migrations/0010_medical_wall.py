"""The wall between the school's results and those of medical pupil health, in the database itself (docs/secrecy.md).

The tables of the school's results take no result of a medical indicator, and an indicator stays in its secrecy area. On
PostgreSQL triggers see to it, per statement as those of 0002; on SQLite the services do (services/judging.py).
"""

from django.db import migrations, models

TABLES = ("colourmaps_result", "colourmaps_supersededresult")
REFUSE_MEDICAL = """
create function colourmaps_refuse_medical() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from (select distinct municipality_id, indicator_id from new_rows) n
        join colourmaps_indicator i on i.id = n.indicator_id and i.municipality_id = n.municipality_id
        where i.secrecy_area <> 'school'
    ) then
        raise check_violation using message = 'a result of medical pupil health does not belong to the school';
    end if;
    return null;
end $$
"""
WATCH_RESULTS = """
create trigger {table}_no_medical_{event} after {event} on {table}
referencing new table as new_rows for each statement execute function colourmaps_refuse_medical()
"""
KEEP_AREA = """
create function colourmaps_keep_secrecy_area() returns trigger language plpgsql as $$
begin
    raise check_violation using message = 'the secrecy area of an indicator stays as it is';
end $$
"""
WATCH_AREA = """
create trigger colourmaps_indicator_keeps_area before update of secrecy_area on colourmaps_indicator
for each row when (old.secrecy_area is distinct from new.secrecy_area)
execute function colourmaps_keep_secrecy_area()
"""


def refuse_what_is_there(apps, schema_editor):
    """Nothing respected the area before, so that no municipality was to have such results (README, limits)."""
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"select count(*) from {table} r join colourmaps_indicator i on i.id = r.indicator_id "  # noqa: S608
                "where i.secrecy_area <> 'school'"
            )
            (n,) = cursor.fetchone()
            if n:
                raise RuntimeError(
                    f"{n} results of medical indicators stand in {table}, where they have never belonged. "
                    "Take their imports back, then migrate again."
                )


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in (REFUSE_MEDICAL, KEEP_AREA, WATCH_AREA):
        schema_editor.execute(statement)
    for table in TABLES:
        for event in ("insert", "update"):
            schema_editor.execute(WATCH_RESULTS.format(table=table, event=event))


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        for event in ("insert", "update"):
            schema_editor.execute(f"drop trigger {table}_no_medical_{event} on {table}")
    schema_editor.execute("drop trigger colourmaps_indicator_keeps_area on colourmaps_indicator")
    schema_editor.execute("drop function colourmaps_keep_secrecy_area()")
    schema_editor.execute("drop function colourmaps_refuse_medical()")


class Migration(migrations.Migration):
    dependencies = [("colourmaps", "0009_removed_results")]
    operations = [
        migrations.AlterField(
            model_name="indicator",
            name="secrecy_area",
            field=models.CharField(
                choices=[("school", "school and pupil support"), ("medical", "medical pupil health")],
                default="school",
                help_text="It stays as it is: results of one area never become those of another.",
                max_length=10,
                verbose_name="secrecy area",
            ),
        ),
        migrations.RunPython(refuse_what_is_there, migrations.RunPython.noop),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
