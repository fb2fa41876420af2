"""The four verdicts in words, by the values that a follow-up keeps."""

from django.utils.translation import pgettext_lazy

VERDICT_WORDS = {
    "better": pgettext_lazy("verdict on an intervention", "better"),
    "no_difference": pgettext_lazy("verdict on an intervention", "no difference"),
    "worse": pgettext_lazy("verdict on an intervention", "worse"),
    "cannot_say": pgettext_lazy("verdict on an intervention", "cannot say"),
}
