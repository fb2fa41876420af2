from django.db import migrations, models


class Migration(migrations.Migration):
    """A result can be taken away by hand. The database knows the default, so that old code goes on writing."""

    dependencies = [("colourmaps", "0008_colour_maps")]

    operations = [
        migrations.AddField(
            model_name="supersededresult",
            name="is_removed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="removed"),
        ),
    ]
