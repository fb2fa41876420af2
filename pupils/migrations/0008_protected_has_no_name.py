from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0007_protected_sealed"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="pupil",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("protection", ""),
                    models.Q(
                        ("family_name", ""),
                        ("given_name", ""),
                        ("identity_number", ""),
                        ("own_id", ""),
                        ("search_name", ""),
                    ),
                    _connector="OR",
                ),
                name="pupil_protected_has_no_name",
            ),
        ),
    ]
