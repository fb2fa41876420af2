from django.db import migrations
from django.db.models import Q

from interventions.questions.usual import AREAS, QUEUES

USUAL = {"DevelopmentArea": AREAS, "SupportQueue": QUEUES}


def give_usual_names(apps, schema_editor):
    """Municipalities that were there before questions begin with what a new one begins with."""
    for municipality in apps.get_model("accounts", "Municipality").objects.order_by("pk"):
        for name, usual in USUAL.items():
            things = apps.get_model("interventions", name)._base_manager
            if things.filter(municipality=municipality).exists():
                continue
            things.bulk_create(
                things.model(municipality=municipality, names=names, position=position)
                for position, names in enumerate(usual)
            )


def take_unused_away(apps, schema_editor):
    """What somebody has renamed, closed or used stays."""
    unused = {
        "DevelopmentArea": ~in_use(apps, "Question", "area"),
        "SupportQueue": ~in_use(apps, "QuestionStop", "queue") & ~in_use(apps, "QueueMember", "queue"),
    }
    for municipality in apps.get_model("accounts", "Municipality").objects.order_by("pk"):
        for name, usual in USUAL.items():
            things = apps.get_model("interventions", name)._base_manager
            found = things.filter(unused[name], municipality=municipality, closed_at__isnull=True)
            as_written = [pk for pk, names in found.values_list("pk", "names") if names in usual]
            things.filter(pk__in=as_written).delete()


def in_use(apps, name, field):
    """Condition for the things that a row of the model names."""
    rows = apps.get_model("interventions", name)._base_manager.filter(**{f"{field}__isnull": False})
    return Q(pk__in=rows.values(field))


class Migration(migrations.Migration):
    dependencies = [("interventions", "0004_questions")]

    operations = [migrations.RunPython(give_usual_names, take_unused_away)]
