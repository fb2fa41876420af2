"""A family answers. Nothing is audited: a log of answers would be what the answers must not have."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ...models import FamilyAnswer, FamilyCode, Felt, Who
from ...models.family_voice import MOST_ANSWERS


@dataclass(frozen=True)
class Answered:
    listened: Felt
    influenced: Felt
    understood: Felt
    who: Who = Who.UNSAID


@transaction.atomic
def take_answer(*, code: FamilyCode, answer: Answered, token: str) -> bool:
    """Counts the answer; False if the form with the token has been counted before.

    Raises ValidationError, "closed" or "full". All answers of a code are taken one after the other.
    """
    code = FamilyCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
    digest = hashlib.sha256(f"{code.code} {token}".encode()).hexdigest()[:16]
    if digest in code.used_tokens:
        return False
    if code.open_until < timezone.localdate():
        raise ValidationError(
            _("The code has closed. It was open until the day after the meeting."), "closed"
        )
    if code.n_answers >= MOST_ANSWERS:
        raise ValidationError(_("All answers for this meeting have come in already."), "full")
    # Sorted, which for digests is no order: in which one they were sent is nobody's business.
    code.used_tokens = sorted([*code.used_tokens, digest])
    code.n_answers += 1
    code.save(update_fields=["used_tokens", "n_answers"])
    alike, _is_new = FamilyAnswer.objects.get_or_create(
        municipality_id=code.municipality_id,
        school_id=code.school_id,
        kind_id=code.kind_id,
        month=code.month,
        **asdict(answer),
    )
    FamilyAnswer.objects.filter(pk=alike.pk).update(n=F("n") + 1)
    return True
