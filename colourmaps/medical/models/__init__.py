from .crossing import Crossing, Purpose
from .medical_result import MedicalResult

__all__ = ["Crossing", "MedicalResult", "Purpose"]
