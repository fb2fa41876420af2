from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aggregation", "0004_releases")]

    operations = [
        migrations.AlterField(
            model_name="releasecheck",
            name="held_back",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nothing waits"),
                    ("early", "most pupils are not measured yet"),
                    ("few changed", "the results of too few pupils have changed"),
                    ("counting", "the pupils are just being counted by this division"),
                    (
                        "no safe split",
                        "divided like this, single pupils could be made out, whichever schools are shown together",
                    ),
                    ("leak", "single pupils could be made out; the platform's operator has been told"),
                ],
                default="",
                max_length=15,
                verbose_name="held back",
            ),
        ),
    ]
