import accounts.keys
import colourmaps.scales
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0008_medical_role"),
        ("colourmaps", "0010_medical_wall"),
        ("pupils", "0005_group_key_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Crossing",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="to, not included")),
                ("key", accounts.keys.KeyField(default=accounts.keys.new_key, editable=False, max_length=12)),
                ("codes", models.JSONField(verbose_name="indicators")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("support", "work out special support"),
                            ("teaching", "adapt the teaching and the school day"),
                            ("safety", "keep the pupil safe at school"),
                            ("attendance", "find out what keeps the pupil from school"),
                            ("transfer", "prepare a change of school or class"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("ground", models.CharField(max_length=12, verbose_name="legal ground")),
                ("ground_said", models.CharField(max_length=300, verbose_name="how the ground is met")),
                ("role", models.CharField(blank=True, max_length=30, verbose_name="receiver's role")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "why_withdrawn",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was withdrawn"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pupils.pupil",
                        verbose_name="pupil",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="receiver",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                        verbose_name="at",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name": "crossing",
                "verbose_name_plural": "crossings",
                "abstract": False,
                "indexes": [models.Index(fields=["municipality", "pupil"], name="crossing_by_pupil")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="crossing_dates_in_order",
                    ),
                    models.UniqueConstraint(fields=("municipality", "key"), name="crossing_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__isnull", False)), name="crossing_has_an_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("receiver__isnull", False), ("role", ""), ("unit__isnull", True)),
                            models.Q(
                                ("receiver__isnull", True),
                                ("unit__isnull", False),
                                models.Q(("role", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="crossing_has_one_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("why_withdrawn", ""),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("why_withdrawn", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="crossing_withdrawn_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receiver", models.F("decided_by")), _negated=True),
                        name="crossing_not_to_oneself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MedicalResult",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("measured_on", models.DateField(verbose_name="measured on")),
                ("value", models.IntegerField(blank=True, null=True, verbose_name="value")),
                (
                    "mark",
                    models.SmallIntegerField(default=colourmaps.scales.Mark["MEASURED"], verbose_name="mark"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="superseded at")),
                ("is_removed", models.BooleanField(default=False, verbose_name="removed")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="colourmaps.indicator",
                        verbose_name="indicator",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pupils.pupil",
                        verbose_name="pupil",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="superseded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "medical result",
                "verbose_name_plural": "medical results",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("municipality", "pupil", "indicator", "measured_on"),
                        name="medicalresult_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mark", colourmaps.scales.Mark["MEASURED"]), ("value__isnull", False)),
                            models.Q(
                                models.Q(("mark", colourmaps.scales.Mark["MEASURED"]), _negated=True),
                                ("value__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="medicalresult_value_or_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_removed", False), ("superseded_at__isnull", False), _connector="OR"
                        ),
                        name="medicalresult_removed_is_superseded",
                    ),
                ],
            },
        ),
    ]
