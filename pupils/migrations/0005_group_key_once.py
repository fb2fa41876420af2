from django.db import migrations, models

from accounts.keys import new_key


def give_each_its_own(apps, schema_editor):
    """Groups that were there before have all got one and the same key."""
    groups = apps.get_model("pupils", "PupilGroup")._base_manager
    for pk in groups.values_list("pk", flat=True):
        groups.filter(pk=pk).update(key=new_key())


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0004_group_key"),
    ]

    operations = [
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="pupilgroup",
            constraint=models.UniqueConstraint(fields=("municipality", "key"), name="pupilgroup_key_once"),
        ),
    ]
