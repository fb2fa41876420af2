from .cell_panel import cell_panel
from .class_indicator import class_indicator
from .class_map import class_map
from .class_map_file import class_map_as_csv, class_map_xlsx
from .filled_in import (
    filled_in,
    filled_in_cancel,
    filled_in_confirm,
    filled_in_decide,
    filled_in_progress,
    filled_in_retry,
    filled_in_undo,
)
from .filling_in import fill_in, fill_in_list, fill_in_upload, fill_in_workbook
from .group_maps import team_map, team_map_xlsx, year_group_map, year_group_map_xlsx
from .import_decisions import import_decide
from .import_undo import import_undo
from .imports import (
    import_afresh,
    import_cancel,
    import_confirm,
    import_file,
    import_list,
    import_mapping,
    import_page,
    import_progress,
    import_refused,
    import_retry,
    import_throw_away,
    import_upload,
)
from .indicators import (
    indicator,
    indicator_edit,
    indicator_list,
    indicator_new,
    starter_set_adopt,
    starter_set_list,
)
from .limits import (
    threshold,
    threshold_end,
    threshold_list,
    threshold_save,
    threshold_take_back,
)
from .log_file import log_account_xlsx
from .maps import map_delete, map_list, map_new, map_page, map_share
from .people_list import people_list, people_list_workbook
from .pupil import pupil, pupil_sheet
from .rounds import round_close, round_edit, round_list, round_new, round_open, round_page
from .school_maps import school_map, school_map_adopt, school_map_leave, school_map_list, school_maps
from .search import search
from .typing_in import typing, typing_save

__all__ = [
    "cell_panel",
    "class_indicator",
    "class_map",
    "class_map_as_csv",
    "class_map_xlsx",
    "fill_in",
    "fill_in_list",
    "fill_in_upload",
    "fill_in_workbook",
    "filled_in",
    "filled_in_cancel",
    "filled_in_confirm",
    "filled_in_decide",
    "filled_in_progress",
    "filled_in_retry",
    "filled_in_undo",
    "import_afresh",
    "import_cancel",
    "import_confirm",
    "import_decide",
    "import_file",
    "import_list",
    "import_mapping",
    "import_page",
    "import_progress",
    "import_refused",
    "import_retry",
    "import_throw_away",
    "import_undo",
    "import_upload",
    "indicator",
    "indicator_edit",
    "indicator_list",
    "indicator_new",
    "log_account_xlsx",
    "map_delete",
    "map_list",
    "map_new",
    "map_page",
    "map_share",
    "people_list",
    "people_list_workbook",
    "pupil",
    "pupil_sheet",
    "round_close",
    "round_edit",
    "round_list",
    "round_new",
    "round_open",
    "round_page",
    "school_map",
    "school_map_adopt",
    "school_map_leave",
    "school_map_list",
    "school_maps",
    "search",
    "starter_set_adopt",
    "starter_set_list",
    "team_map",
    "team_map_xlsx",
    "threshold",
    "threshold_end",
    "threshold_list",
    "threshold_save",
    "threshold_take_back",
    "typing",
    "typing_save",
    "year_group_map",
    "year_group_map_xlsx",
]
