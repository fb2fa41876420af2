"""The overview of interventions to choose from: reads, forms and words. services/catalogue.py writes."""

from .entries import entries_to_check
from .prefill import prefill_of

__all__ = ["entries_to_check", "prefill_of"]
