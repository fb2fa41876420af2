from django.db import migrations

import accounts.keys


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0003_former_enrolments"),
    ]

    operations = [
        migrations.AddField(
            model_name="pupilgroup",
            name="key",
            field=accounts.keys.KeyField(
                default=accounts.keys.new_key, editable=False, max_length=accounts.keys.KEY_LENGTH
            ),
        ),
    ]
