from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.background import JobRefused, JobTask
from accounts.models import Job
from accounts.refusal import ActRefused

from .erasure import erase
from .erasure.deciding import ERASE
from .models import Erasure


@shared_task(base=JobTask, name=ERASE, label=_("erasing a pupil"), ignore_result=True)
def erase_pupil(_job: Job, *, erasure_id: int) -> None:
    try:
        erase(Erasure.objects.get(pk=erasure_id))
    except ActRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
