from .class_map import class_map
from .imports import (
    import_confirm,
    import_list,
    import_mapping,
    import_page,
    import_progress,
    import_refused,
    import_retry,
    import_upload,
)
from .pupil import cell_panel, pupil
from .search import search

__all__ = [
    "cell_panel",
    "class_map",
    "import_confirm",
    "import_list",
    "import_mapping",
    "import_page",
    "import_progress",
    "import_refused",
    "import_retry",
    "import_upload",
    "pupil",
    "search",
]
