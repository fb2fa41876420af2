from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_audit_pupils_and_kinds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("teacher", "teacher"),
                    ("analysis_lead", "analysis lead"),
                    ("principal", "principal"),
                    ("health_team", "pupil-health team"),
                    ("medical_health", "medical pupil health"),
                    ("area_head", "area head"),
                    ("administration_head", "administration head"),
                    ("board_member", "board member"),
                    ("collaboration_partner", "collaboration partner"),
                    ("support_function", "support function"),
                    ("coordinator", "coordinator"),
                    ("administrator", "municipality administrator"),
                    ("access_auditor", "access auditor"),
                    ("data_protection", "data-protection function"),
                ],
                max_length=30,
                verbose_name="role",
            ),
        ),
    ]
