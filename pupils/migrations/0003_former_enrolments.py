import accounts.known
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_former_units"),
        ("pupils", "0002_groups"),
    ]

    operations = [
        # Without a default: what stands there already has been known for as long as is known.
        migrations.AddField(
            model_name="enrolment",
            name="known_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="known since"),
        ),
        migrations.AlterField(
            model_name="enrolment",
            name="known_from",
            field=models.DateTimeField(
                default=accounts.known.now, editable=False, null=True, verbose_name="known since"
            ),
        ),
        migrations.CreateModel(
            name="FormerEnrolment",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="to, not included")),
                ("known_from", models.DateTimeField(editable=False, null=True, verbose_name="known since")),
                ("known_until", models.DateTimeField(editable=False, verbose_name="known until")),
                ("year_group", models.PositiveSmallIntegerField(verbose_name="year group")),
                ("is_home", models.BooleanField(verbose_name="home class")),
                (
                    "municipality",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.municipality",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pupils.pupil",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "former state of an enrolment",
                "verbose_name_plural": "former states of enrolments",
                "indexes": [
                    models.Index(fields=["municipality", "school_class"], name="formerenrolment_by_class"),
                    models.Index(fields=["municipality", "pupil"], name="formerenrolment_by_pupil"),
                ],
            },
        ),
    ]
