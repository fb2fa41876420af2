from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Municipality
from accounts.tenancy import current_municipality, municipality_scope
from colourmaps.importing.apply import Outcome, changes_nothing, run_import
from colourmaps.importing.kept import keep_made, keep_outcome, worth_keeping
from colourmaps.importing.mapping import Mapping, MappingError
from colourmaps.importing.mapping_file import mapping_from_text, mapping_to_json
from colourmaps.importing.medical_columns import refuse_medical_columns
from colourmaps.importing.named import pupils_of
from colourmaps.importing.same_file import earlier_import
from colourmaps.importing.saved_mappings import find_mapping, save_mapping
from colourmaps.importing.understanding import Understanding, understand
from colourmaps.importing.vocabulary import vocabulary
from colourmaps.importing.workbook import UnreadableFile, Workbook, read_workbook
from colourmaps.models import ImportBatch, ImportState

REFUSED, UNREADABLE = 1, 2


def first_error(outcome: Outcome) -> str:
    """The worst that there is to say of a file that was refused, with its place."""
    error = worth_keeping(outcome.messages)[0]
    return f"{error.place}: {error.text}" if error.place else error.text


class Command(BaseCommand):
    help = (
        "Imports a file of results. Exit 0: imported; 1: some rows were refused and are listed, the others are in; "
        "2: the file or its mapping cannot be read, nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--municipality", metavar="CODE", required=True)
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE.json", help="what the columns are; else as before"
        )
        parser.add_argument("--round", metavar="NAME", help="for columns that name no round")
        parser.add_argument(
            "--create-roster",
            action="store_true",
            help="add pupils, classes and schools that lack; move pupils whose class has ended",
        )
        parser.add_argument("--all-or-nothing", action="store_true", help="a refused row refuses the file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *, file: Path, municipality: str, **options: Any) -> None:
        tenant = Municipality.objects.filter(code=municipality).first()
        if tenant is None:
            raise CommandError(
                f"There is no municipality with the code {municipality}.", returncode=UNREADABLE
            )
        with municipality_scope(tenant):
            try:
                outcome = self.import_file(file, options)
            except (UnreadableFile, MappingError, OSError) as error:
                self.fail(str(error), options)
        self.report(outcome, options)
        if outcome.n_refused or outcome.has_failed:
            raise SystemExit(REFUSED)

    def import_file(self, file: Path, options: dict[str, Any]) -> Outcome:
        """Batch and import in one transaction: nobody sees the batch before it has ended, and an error leaves none."""
        workbook = read_workbook(file)
        refuse_medical_columns(workbook, timezone.localdate())
        understood = understand(workbook, vocabulary(timezone.localdate()))
        mapping = self.mapping(understood, options)
        with transaction.atomic():
            batch = self.make_batch(file, workbook, mapping)
            outcome = run_import(
                workbook,
                mapping,
                by=None,
                today=timezone.localdate(),
                batch=batch,
                adds_pupils=options["create_roster"],
                all_or_nothing=options["all_or_nothing"],
                dry_run=options["dry_run"],
            )
            if earlier := earlier_import(batch):
                outcome.messages.insert(0, earlier)
            self.keep(batch, outcome, mapping, understood, options)
        return outcome

    def mapping(self, understood: Understanding, options: dict[str, Any]) -> Mapping:
        if options["mapping"]:
            mapping = mapping_from_text(options["mapping"].read_bytes())
        else:
            mapping = find_mapping(understood)
        return replace(mapping, round=options["round"]) if options["round"] else mapping

    def make_batch(self, file: Path, workbook: Workbook, mapping: Mapping) -> ImportBatch:
        content = file.read_bytes()
        return ImportBatch.objects.create(
            municipality=current_municipality(),
            file_name=file.name[:255],
            digest=hashlib.sha256(content).hexdigest(),
            n_bytes=len(content),
            mapping=mapping_to_json(mapping),
            state=ImportState.CONFIRMED,
        )

    def keep(
        self,
        batch: ImportBatch,
        outcome: Outcome,
        mapping: Mapping,
        understood: Understanding,
        options: dict[str, Any],
    ) -> None:
        """The batch as it ended; a dry run leaves no trace of it."""
        if options["dry_run"]:
            batch.delete()
            return
        keep_outcome(batch, outcome)
        keep_made(batch, outcome if not outcome.has_failed else Outcome())
        batch.state = ImportState.FAILED if outcome.has_failed else ImportState.IMPORTED
        batch.imported_at = None if outcome.has_failed else timezone.now()
        batch.failure = first_error(outcome) if outcome.has_failed else ""
        batch.save()
        if not outcome.has_failed:
            save_mapping(mapping, understood)
        record("import applied", by=None, subject=batch.key, pupils=pupils_of(batch), state=batch.state)

    def fail(self, sentence: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
            raise SystemExit(UNREADABLE)
        raise CommandError(sentence, returncode=UNREADABLE)

    def report(self, outcome: Outcome, options: dict[str, Any]) -> None:
        if options["json"]:
            messages = [message.to_json() for message in outcome.messages]
            facts = outcome.counts | {"has_failed": outcome.has_failed, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps({**facts, "messages": messages}, ensure_ascii=False, indent=1))
            return
        for message in outcome.messages:
            self.stdout.write(
                f"{message.level.name.lower():7} {message.place:12} {message.value:12} {message.text}"
            )
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{outcome.n_rows} rows: {outcome.n_refused} refused; results {would}new {outcome.n_new}, "
            f"{would}changed {outcome.n_changed}, unchanged {outcome.n_unchanged}; "
            f"{would}added {outcome.n_new_pupils} pupils, {outcome.n_new_classes} classes, "
            f"{outcome.n_new_schools} schools, {outcome.n_new_indicators} indicators, "
            f"{outcome.n_new_rounds} rounds; {would}moved {outcome.n_moved} pupils to a new class"
        )
        if changes_nothing(outcome.counts) and not (outcome.n_refused or outcome.has_failed):
            self.stdout.write("Nothing has changed: everything in the file was already there.")
