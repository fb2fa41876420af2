"""The table takes results of medical indicators alone: the other side of colourmaps 0010. On SQLite the service checks."""

from django.db import migrations

REFUSE_OTHERS = """
create function medical_refuse_others() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from new_rows n
        join colourmaps_indicator i on i.id = n.indicator_id
        join pupils_pupil p on p.id = n.pupil_id
        where i.secrecy_area <> 'medical'
           or i.municipality_id <> n.municipality_id or p.municipality_id <> n.municipality_id
    ) then
        raise check_violation using message = 'only results of medical indicators stand here';
    end if;
    return null;
end $$
"""
WATCH = """
create trigger medical_medicalresult_medical_{event} after {event} on medical_medicalresult
referencing new table as new_rows for each statement execute function medical_refuse_others()
"""


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE_OTHERS)
        for event in ("insert", "update"):
            schema_editor.execute(WATCH.format(event=event))


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for event in ("insert", "update"):
            schema_editor.execute(
                f"drop trigger medical_medicalresult_medical_{event} on medical_medicalresult"
            )
        schema_editor.execute("drop function medical_refuse_others()")


class Migration(migrations.Migration):
    dependencies = [("medical", "0001_initial")]
    operations = [migrations.RunPython(make_triggers, drop_triggers)]
