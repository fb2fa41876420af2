from django.db import migrations

from interventions.meetings.usual import KINDS


def give_usual_meetings(apps, schema_editor):
    """Municipalities that were there before meetings begin with what a new one begins with."""
    kinds = apps.get_model("interventions", "MeetingKind")._base_manager
    asked = apps.get_model("interventions", "GuidingQuestions")._base_manager
    queues = apps.get_model("interventions", "SupportQueue")._base_manager
    for municipality in apps.get_model("accounts", "Municipality").objects.order_by("pk"):
        if kinds.filter(municipality=municipality).exists():
            continue
        usual_queues = list(queues.filter(municipality=municipality).order_by("position", "pk"))
        for position, usual in enumerate(KINDS):
            fields = {name: value for name, value in usual.items() if name not in ("asks", "queue")}
            place = usual.get("queue")
            queue = usual_queues[place] if place is not None and place < len(usual_queues) else None
            kind = kinds.create(municipality=municipality, position=position, queue=queue, **fields)
            asked.create(municipality=municipality, kind=kind, version=1, texts=usual["asks"])


def take_all_away(apps, schema_editor):
    """The tables themselves go with the migration before."""


class Migration(migrations.Migration):
    dependencies = [("interventions", "0006_meetings")]

    operations = [migrations.RunPython(give_usual_meetings, take_all_away)]
