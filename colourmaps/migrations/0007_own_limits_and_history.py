import accounts.known
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_former_units"),
        ("colourmaps", "0006_indicator_definitions_and_rules"),
        ("pupils", "0003_former_enrolments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerDueIndicator",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("known_from", models.DateTimeField(editable=False, null=True, verbose_name="known since")),
                ("known_until", models.DateTimeField(editable=False, verbose_name="known until")),
                ("year_group", models.PositiveSmallIntegerField(verbose_name="year group")),
            ],
            options={
                "verbose_name": "former due indicator",
                "verbose_name_plural": "former due indicators",
            },
        ),
        migrations.CreateModel(
            name="FormerStamp",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("year_group", models.SmallIntegerField(null=True, verbose_name="year group")),
                ("colour", models.SmallIntegerField(verbose_name="colour")),
                ("movement", models.SmallIntegerField(verbose_name="movement")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("known_until", models.DateTimeField(verbose_name="known until")),
            ],
            options={
                "verbose_name": "former stamp",
                "verbose_name_plural": "former stamps",
            },
        ),
        migrations.CreateModel(
            name="FormerThreshold",
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
                ("yellow_limit", models.IntegerField(verbose_name="yellow limit")),
                ("green_limit", models.IntegerField(verbose_name="green limit")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "former threshold",
                "verbose_name_plural": "former thresholds",
            },
        ),
        migrations.RemoveConstraint(
            model_name="threshold",
            name="threshold_once_a_day",
        ),
        migrations.RemoveConstraint(
            model_name="threshold",
            name="threshold_one_open",
        ),
        # Without a default: what stands there already has been known for as long as is known.
        migrations.AddField(
            model_name="dueindicator",
            name="known_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="known since"),
        ),
        migrations.AlterField(
            model_name="dueindicator",
            name="known_from",
            field=models.DateTimeField(
                default=accounts.known.now, editable=False, null=True, verbose_name="known since"
            ),
        ),
        migrations.AddField(
            model_name="threshold",
            name="by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        # Without a default: what stands there already has been known for as long as is known.
        migrations.AddField(
            model_name="threshold",
            name="known_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="known since"),
        ),
        migrations.AlterField(
            model_name="threshold",
            name="known_from",
            field=models.DateTimeField(
                default=accounts.known.now, editable=False, null=True, verbose_name="known since"
            ),
        ),
        migrations.AddField(
            model_name="threshold",
            name="reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="threshold",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="school",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", True)),
                fields=("municipality", "indicator", "year_group", "valid_from"),
                name="threshold_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", True), ("valid_to__isnull", True)),
                fields=("municipality", "indicator", "year_group"),
                name="threshold_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False)),
                fields=("municipality", "indicator", "year_group", "school", "valid_from"),
                name="threshold_of_school_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False), ("valid_to__isnull", True)),
                fields=("municipality", "indicator", "year_group", "school"),
                name="threshold_of_school_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("school__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="threshold_of_school_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="formerdueindicator",
            name="indicator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="colourmaps.indicator",
            ),
        ),
        migrations.AddField(
            model_name="formerdueindicator",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.municipality",
            ),
        ),
        migrations.AddField(
            model_name="formerdueindicator",
            name="round",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="colourmaps.measurementround",
            ),
        ),
        migrations.AddField(
            model_name="formerstamp",
            name="indicator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="colourmaps.indicator",
            ),
        ),
        migrations.AddField(
            model_name="formerstamp",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.municipality",
            ),
        ),
        migrations.AddField(
            model_name="formerstamp",
            name="pupil",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pupils.pupil",
            ),
        ),
        migrations.AddField(
            model_name="formerstamp",
            name="school_class",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.unit",
            ),
        ),
        migrations.AddField(
            model_name="formerstamp",
            name="round",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="colourmaps.measurementround",
            ),
        ),
        migrations.AddField(
            model_name="formerthreshold",
            name="indicator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="colourmaps.indicator",
            ),
        ),
        migrations.AddField(
            model_name="formerthreshold",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.municipality",
            ),
        ),
        migrations.AddField(
            model_name="formerthreshold",
            name="school",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.unit",
            ),
        ),
        migrations.AddIndex(
            model_name="formerdueindicator",
            index=models.Index(fields=["municipality", "round"], name="formerdueindicator_by_round"),
        ),
        migrations.AddIndex(
            model_name="formerstamp",
            index=models.Index(fields=["municipality", "pupil"], name="formerstamp_by_pupil"),
        ),
        migrations.AddIndex(
            model_name="formerthreshold",
            index=models.Index(fields=["municipality", "indicator"], name="formerthreshold_by_indicator"),
        ),
    ]
