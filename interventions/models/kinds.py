from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of change it is. Source: the plan form of Timrå, and of health work the law's own three sorts.

    A change of who works where, or of time and money, is followed up as any other.
    """

    TEACHING = "teaching", _("teaching")
    SUPPORT = "support", _("support")
    HEALTH_PROMOTING = "promoting", _("health-promoting")
    PREVENTING = "preventing", _("preventing")
    REMEDIAL = "remedial", _("remedial")
    ORGANISATION = "organisation", _("organisation")
    RESOURCE = "resource", _("resource")
