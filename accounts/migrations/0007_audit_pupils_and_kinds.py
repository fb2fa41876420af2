from django.db import migrations

ELEMENTS = {
    "postgresql": "cross join lateral jsonb_array_elements_text(e.pupil_ids) as p(value)",
    "sqlite": "join json_each(e.pupil_ids) as p",
}
PUPILS = """
    insert into accounts_auditpupil (municipality_id, pupil_id, event_id)
    select distinct e.municipality_id, cast(p.value as integer), e.id from accounts_auditevent e {elements}
"""
# As accounts.audit_kinds.kind_of says it of the actions that there were.
KINDS = """
    update accounts_auditevent set kind = case
        when action in ('signed in', 'signed out', 'sign-in failed') then 'sign-in'
        when action = 'access denied' then 'denial'
        when action in ('role assigned', 'role ended') then 'permission'
        when action like '%% downloaded' or action like '%% printed' or action like '%% taken out' then 'export'
        when action like '%% seen' or action like '%% found' then 'read'
        else 'write' end
    where kind = ''
"""


def fill(apps, schema_editor):
    """One statement each, within the database: events of before are found by pupil and by kind as well."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(PUPILS.format(elements=ELEMENTS[connection.vendor]))
        cursor.execute(KINDS.replace("%%", "%"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_audit_columns_and_seals"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
