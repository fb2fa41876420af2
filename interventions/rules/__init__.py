"""What an intervention must fulfil to be decided, changed and ended; asked by the forms and again by the services."""

from .end import check_end
from .plan import check_change, check_expectation, check_plan, warning_of_indicator

__all__ = ["check_change", "check_end", "check_expectation", "check_plan", "warning_of_indicator"]
