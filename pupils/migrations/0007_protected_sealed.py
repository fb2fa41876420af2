"""Takes names and numbers of pupils who are protected already out of the register, into the sealed store."""

from typing import Any

from django.db import migrations, transaction

from pupils.sealed import Sealed, mac, macs, open_sealed, seal

FIELDS = ("family_name", "given_name", "identity_number", "own_id")
EMPTY = {"search_name": "", **dict.fromkeys(FIELDS, "")}


def seal_names(apps: Any, _editor: Any) -> None:
    pupils, sealed_rows = apps.get_model("pupils", "Pupil"), apps.get_model("pupils", "ProtectedIdentity")
    for pupil in pupils.objects.exclude(protection="").select_related("municipality").iterator():
        code = pupil.municipality.code
        with transaction.atomic():
            sealed = seal({name: getattr(pupil, name) for name in FIELDS}, place=f"{code} {pupil.key}")
            sealed_rows.objects.create(
                municipality=pupil.municipality,
                locator=mac(code, "pupil", pupil.key),
                number_mac=mac(code, "number", pupil.identity_number) if pupil.identity_number else "",
                own_id_mac=mac(code, "own id", pupil.own_id) if pupil.own_id else "",
                sealed=sealed.text,
                sealed_with=sealed.sealed_with,
            )
            pupils.objects.filter(pk=pupil.pk).update(**EMPTY)


def open_names(apps: Any, _editor: Any) -> None:
    pupils, sealed_rows = apps.get_model("pupils", "Pupil"), apps.get_model("pupils", "ProtectedIdentity")
    for pupil in pupils.objects.exclude(protection="").select_related("municipality").iterator():
        code = pupil.municipality.code
        row = sealed_rows.objects.filter(
            municipality=pupil.municipality, locator__in=macs(code, "pupil", pupil.key)
        ).first()
        if row is not None:
            opened = open_sealed(Sealed(row.sealed, row.sealed_with), place=f"{code} {pupil.key}")
            name = f"{opened['family_name']} {opened['given_name']}".lower()
            pupils.objects.filter(pk=pupil.pk).update(search_name=name[:210], **opened)
            row.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("pupils", "0006_protected_identity"),
    ]

    operations = [migrations.RunPython(seal_names, open_names)]
