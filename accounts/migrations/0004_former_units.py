import accounts.known
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_heavy_jobs"),
    ]

    operations = [
        # Without a default: what stands there already has been known for as long as is known.
        migrations.AddField(
            model_name="unit",
            name="known_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="known since"),
        ),
        migrations.AlterField(
            model_name="unit",
            name="known_from",
            field=models.DateTimeField(
                default=accounts.known.now, editable=False, null=True, verbose_name="known since"
            ),
        ),
        # Without a default: what stands there already has been known for as long as is known.
        migrations.AddField(
            model_name="unitplacement",
            name="known_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="known since"),
        ),
        migrations.AlterField(
            model_name="unitplacement",
            name="known_from",
            field=models.DateTimeField(
                default=accounts.known.now, editable=False, null=True, verbose_name="known since"
            ),
        ),
        migrations.CreateModel(
            name="FormerUnit",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="to, not included")),
                ("known_from", models.DateTimeField(editable=False, null=True, verbose_name="known since")),
                ("known_until", models.DateTimeField(editable=False, verbose_name="known until")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
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
                    "unit",
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
                "verbose_name": "former state of a unit",
                "verbose_name_plural": "former states of units",
                "indexes": [models.Index(fields=["municipality", "unit"], name="formerunit_by_unit")],
            },
        ),
        migrations.CreateModel(
            name="FormerUnitPlacement",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="to, not included")),
                ("known_from", models.DateTimeField(editable=False, null=True, verbose_name="known since")),
                ("known_until", models.DateTimeField(editable=False, verbose_name="known until")),
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
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
                (
                    "unit",
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
                "verbose_name": "former placement",
                "verbose_name_plural": "former placements",
                "indexes": [
                    models.Index(fields=["municipality", "unit"], name="formerunitplacement_by_unit")
                ],
            },
        ),
    ]
