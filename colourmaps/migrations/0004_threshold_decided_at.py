from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("colourmaps", "0003_decisions_effect_and_undo"),
    ]

    operations = [
        migrations.AddField(
            model_name="threshold",
            name="decided_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When it was entered; empty if it has held for as long as is known.",
                null=True,
                verbose_name="decided",
            ),
        ),
    ]
