"""Who gets what at every address. A new address is one line here; without it, test_permissions fails."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.audit import record as record_audit_event
from accounts.emergencies import open_in_emergency
from accounts.models import (
    EmergencyAccess,
    EmergencyKind,
    ExportedFile,
    IdentityProvider,
    Job,
    JobState,
    Unit,
    User,
)
from accounts.municipality_file.keeping import path_of
from accounts.tenancy import across_municipalities, municipality_scope
from colourmaps.importing.jobs import read_import
from colourmaps.importing.lifecycle import upload_file
from colourmaps.medical.models import Crossing
from colourmaps.models import ColourMap, ImportBatch, ImportKind, Indicator, MeasurementRound
from colourmaps.services import adopt_map
from interventions.models import (
    AnalysisMeeting,
    CatalogueEntry,
    DevelopmentArea,
    FamilyCode,
    Intervention,
    MeetingCase,
    MeetingKind,
    MeetingSeries,
    Outcome,
    Question,
    Rule,
    Rung,
    SharedEntry,
    SupportQueue,
    Talk,
)
from interventions.services.meeting_setup import add_kind
from interventions.services.question_setup import add_area, add_queue
from pupils.access_log.services import make_control
from pupils.models import LogControl, ProtectedAccess, Protection, Pupil, PupilGroup, Unmasking
from pupils.protecting import ask_for_name
from tests.factories.accounts import MunicipalityFactory
from tests.factories.colourmaps import (
    ColourMapFactory,
    DueIndicatorFactory,
    ImportBatchFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.family import CodeFactory, TalkFactory, family_kind
from tests.factories.interventions import EntryFactory, InterventionFactory, shared_entry
from tests.factories.medical import CrossingFactory, MedicalIndicatorFactory, MedicalResultFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import GroupFactory, PupilFactory, named
from tests.factories.questions import QuestionFactory
from tests.factories.single_sign_on import ProviderFactory
from tests.fixtures import Place

People = frozenset[str]

PEOPLE: People = frozenset(each.name for each in fields(Place) if each.type == "User")
NOBODY: People = frozenset()
AT_SCHOOL = frozenset({"analysis_lead", "principal", "health_team"})
AT_4A = AT_SCHOOL | {"teacher"}
ACTING = AT_4A | {"colleague"}
DECIDING = ACTING | {"area_head", "administration_head"}
SUMS_OF_SCHOOL = AT_SCHOOL | {"area_head", "administration_head", "board_member", "collaboration_partner"}
KEEPING_GROUPS = frozenset({"principal", "coordinator"})
SETTING_LIMITS = frozenset({"principal", "administrator"})
IMPORTING = frozenset({"coordinator"})
CONFIGURING = frozenset({"administrator"})
AUDITING = frozenset({"access_auditor"})
PLANNING = CONFIGURING | IMPORTING
CHOOSING_MAPS = frozenset({"principal"})
ANSWERING_DATA_SUBJECTS = frozenset({"principal", "data_protection"})
# Of the map that the school uses: the same in every world, since it stands in the address beside the school's key.
MAP_KEY = "bcdfghjkmnpq"
KEEPING_THE_CATALOGUE = frozenset(
    {"principal", "health_team", "area_head", "administration_head", "support_function", "administrator"}
)
# Of the entry's owner, and of who configures.
OFFERING = frozenset({"principal", "administrator"})
# Of what a third municipality offers to both worlds.
OFFER_KEY = "bcdfghjkmnpr"
# Of a case of the meeting, as MAP_KEY.
CASE_KEY = "bcdfghjkmnps"
# Of a sign-in that there is none of; tests/accounts/single_sign_on/ has those that there are.
NO_PROVIDER = {"code": "9901", "key": "bcdfghjkmnpt"}
LEADING = frozenset({"principal", "health_team"})
ANSWERING = ACTING | {"area_head", "administration_head", "board_member", "support_function"}
MEETING = ACTING | {"area_head", "administration_head", "board_member"}
MEETING_AT_SCHOOL = AT_SCHOOL | {"area_head", "administration_head", "board_member", "coordinator"}
PLANNING_AT_SCHOOL = frozenset(
    {"analysis_lead", "principal", "area_head", "administration_head", "coordinator"}
)
PLANNING_AT_4A = frozenset({"analysis_lead", "principal"})
WATCHING = frozenset({"principal", "area_head", "administration_head", "coordinator"})
FILLING_IN_4A = frozenset({"teacher", "analysis_lead", "principal", "coordinator"})
READING_FAMILIES = AT_SCHOOL | {"area_head", "administration_head", "board_member", "coordinator"}
# Of protected identity: who decides who is named.
GUARDING = frozenset({"principal", "administrator"})
OPENING_IN_EMERGENCY = frozenset({"principal", "health_team"})
# Of a family's code, which names no municipality: there is one, of the first world.
FAMILY_CODE = "CDFHJKMN"
FILLING_IN = FILLING_IN_4A | {"colleague"}
# Behind the wall, and nobody else: docs/secrecy.md.
MEDICAL = frozenset({"medical_health"})


@dataclass(frozen=True)
class Address:
    """How an address is asked for, and who gets which answer.

    of: what its key names, an attribute of World; empty for an address without a key. more: its other parts.
    named_by: the field of it that is its key.
    needs_round: it is asked for with ?round=.
    opens_to: the people of the municipality who get `answer` (from htmx `part`, if that differs); all others get 403.
    hidden_from: those among the others who get 404 instead, since they must not know of the thing.
    anonymous: what somebody gets who has not signed in; 302 leads to the sign-in page.
    is_own: it shows nothing of a municipality, but the person's own sign-in.
    """

    of: str = ""
    named_by: str = "key"
    opens_to: People = PEOPLE
    hidden_from: People = NOBODY
    answer: int = 200
    part: int = 0
    method: str = "get"
    form: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    needs_round: bool = False
    anonymous: int = 302
    is_public: bool = False
    is_own: bool = False


def public(**options: Any) -> Address:
    return Address(is_public=True, **options)


def own_account(**options: Any) -> Address:
    """Of the person's own sign-in: for everybody who is signed in, the platform's operators included."""
    return Address(is_own=True, **options)


def filled_in(**options: Any) -> Address:
    """Of a workbook that the teacher of 4A has handed in: for the teacher and for those who import."""
    opens_to = IMPORTING | {"teacher"}
    return Address(of="filled_in", opens_to=opens_to, hidden_from=FILLING_IN - opens_to, **options)


MATRIX: dict[str, Address] = {
    "start": Address(),
    "accounts:sign-in": public(answer=302, anonymous=200),
    "account_login": public(answer=302, anonymous=200),
    # Steps of the sign-in: nobody is at one who has signed in already, or has not begun.
    "mfa_authenticate": public(answer=302, anonymous=302),
    "mfa_login_webauthn": public(answer=302, anonymous=302),
    "accounts:choose-password": public(answer=410, anonymous=410),
    "accounts:one-time-link": public(answer=302, anonymous=302, more={"key": "bcdfghjkmnps", "token": "t"}),
    "accounts:sign-in-again": own_account(),
    "accounts:second-factor": own_account(answer=302),
    "accounts:my-sign-in": own_account(),
    "accounts:own-password": own_account(answer=302),  # the people of the tests have none
    "accounts:factor-remove": own_account(answer=302, method="post"),
    "accounts:recovery-codes-new": own_account(answer=302, method="post"),
    "accounts:own-sessions-end": own_account(answer=302, method="post"),
    "mfa_activate_totp": own_account(),
    "mfa_add_webauthn": own_account(),
    "mfa_view_recovery_codes": own_account(answer=302),
    "accounts:sign-out": public(answer=302, method="post"),
    "accounts:language": public(answer=302, method="post", form={"language": "en"}),
    "accounts:accessibility": public(anonymous=200),
    "accounts:health": public(anonymous=200),
    "accounts:administration": Address(opens_to=CONFIGURING),
    "accounts:person-act": Address(
        of="user", opens_to=CONFIGURING, answer=302, method="post", form={"act": "end-sessions"}
    ),
    "accounts:unit-tree": Address(opens_to=CONFIGURING),
    "accounts:role-matrix": Address(),
    "accounts:unit": Address(of="school", opens_to=CONFIGURING),
    "accounts:person-list": Address(opens_to=CONFIGURING),
    "accounts:person-new": Address(opens_to=CONFIGURING),
    "accounts:person": Address(of="user", opens_to=CONFIGURING),
    "accounts:person-role": Address(of="user", opens_to=CONFIGURING),
    "accounts:person-role-end": Address(of="user", opens_to=CONFIGURING, more={"number": "1"}, answer=404),
    "accounts:person-end": Address(of="user", opens_to=CONFIGURING),
    "colourmaps:people-list": Address(opens_to=CONFIGURING),
    "colourmaps:people-list-workbook": Address(opens_to=CONFIGURING),
    "accounts:sso-setup": Address(opens_to=CONFIGURING),
    "accounts:sso-provider-new": Address(opens_to=CONFIGURING, more={"protocol": "oidc"}),
    "accounts:sso-people": Address(opens_to=CONFIGURING),
    "accounts:sso-emergency-seal": Address(opens_to=CONFIGURING, method="post", more={"number": "1"}),
    "accounts:sso-provider": Address(of="identity_provider", opens_to=CONFIGURING),
    "accounts:sso-provider-test": Address(of="identity_provider", opens_to=CONFIGURING),
    "accounts:sso-mapping": Address(of="identity_provider", opens_to=CONFIGURING),
    "accounts:sso-only-way": Address(of="identity_provider", opens_to=CONFIGURING),
    "accounts:municipality-find": public(answer=302),
    "accounts:municipality-sign-in": public(more={"code": "9901"}, anonymous=200),
    "accounts:sso-begin": public(more=NO_PROVIDER, method="post", answer=404, anonymous=404),
    "accounts:oidc-callback": public(more=NO_PROVIDER, answer=404, anonymous=404),
    "accounts:saml-acs": public(more=NO_PROVIDER, method="post", answer=404, anonymous=404),
    "accounts:saml-finish": public(more=NO_PROVIDER, answer=404, anonymous=404),
    "accounts:saml-metadata": public(more=NO_PROVIDER, answer=404, anonymous=404),
    "accounts:retention-plan": Address(opens_to=CONFIGURING),
    "accounts:retention-type": Address(opens_to=CONFIGURING, more={"kind": "talks"}),
    "accounts:retention-act": Address(opens_to=CONFIGURING, more={"kind": "talks", "act": "decide"}),
    "accounts:export-list": Address(opens_to=CONFIGURING),
    "accounts:export-new": Address(opens_to=CONFIGURING),
    "accounts:export-file": Address(of="exported", opens_to=CONFIGURING, answer=404),
    "accounts:data-protection-pack": Address(opens_to=CONFIGURING),
    "pupils:data-subject-find": Address(opens_to=ANSWERING_DATA_SUBJECTS),
    "pupils:erasure-list": Address(opens_to=ANSWERING_DATA_SUBJECTS),
    "pupils:register-extract": Address(of="pupil", opens_to=ANSWERING_DATA_SUBJECTS),
    "pupils:pupil-erasure": Address(of="pupil", opens_to=ANSWERING_DATA_SUBJECTS),
    "aggregation:reorganise": Address(of="school", opens_to=CONFIGURING, more={"act": "close"}),
    "aggregation:limits": Address(opens_to=CONFIGURING),
    "pupils:group-registry": Address(opens_to=CONFIGURING),
    "pupils:group-new": Address(opens_to=CONFIGURING),
    "pupils:group-setup": Address(of="group", opens_to=CONFIGURING),
    "pupils:group-act": Address(of="group", opens_to=CONFIGURING, more={"act": "end"}),
    "pupils:log": Address(opens_to=AUDITING),
    "pupils:log-control-new": Address(opens_to=AUDITING),
    "pupils:log-control": Address(of="log_control", opens_to=AUDITING),
    "pupils:log-control-judge": Address(of="log_control", opens_to=AUDITING, method="post", answer=302),
    "pupils:log-control-sign": Address(of="log_control", opens_to=AUDITING, method="post", answer=422),
    "pupils:log-account": Address(opens_to=AUDITING),
    "colourmaps:log-account-xlsx": Address(opens_to=AUDITING, answer=404),
    "pupils:log-pupil-search": Address(opens_to=AUDITING, method="post", form={"q": "Lund"}),
    "pupils:log-pupil": Address(of="pupil", opens_to=AUDITING),
    "pupils:seen-by": Address(of="pupil", opens_to=CHOOSING_MAPS),
    "pupils:group-list": Address(opens_to=KEEPING_GROUPS),
    "pupils:group-members": Address(of="group", opens_to=KEEPING_GROUPS),
    "pupils:group-change": Address(of="group", opens_to=KEEPING_GROUPS, more={"act": "join"}),
    "pupils:protected-list": Address(opens_to=GUARDING),
    "pupils:protected-school": Address(of="school", opens_to=GUARDING),
    "pupils:access-new": Address(of="school", opens_to=GUARDING),
    "pupils:access-end": Address(of="protected_access", opens_to=GUARDING, method="post", answer=302),
    "pupils:unmasking": Address(of="unmasking", opens_to=frozenset({"principal"})),
    "pupils:protect": Address(of="pupil", opens_to=frozenset({"principal"})),
    "pupils:name": Address(of="protected_pupil", opens_to=frozenset({"teacher"})),
    "pupils:name-hide": Address(of="protected_pupil", opens_to=AT_4A, method="post", answer=302),
    "pupils:emergency-list": Address(opens_to=OPENING_IN_EMERGENCY),
    "pupils:emergency-new": Address(opens_to=OPENING_IN_EMERGENCY),
    "pupils:emergency-log": Address(opens_to=frozenset({"access_auditor"})),
    "pupils:emergency": Address(
        of="emergency", opens_to=frozenset({"health_team"}), hidden_from=frozenset({"principal"}), answer=302
    ),
    "pupils:emergency-end": Address(
        of="emergency",
        opens_to=frozenset({"health_team"}),
        hidden_from=frozenset({"principal"}),
        method="post",
        answer=302,
    ),
    "pupils:emergency-note": Address(of="emergency", opens_to=frozenset({"principal"})),
    "colourmaps:class-map": Address(of="class_4a", opens_to=AT_4A),
    "colourmaps:class-map-xlsx": Address(of="class_4a", opens_to=AT_4A),
    "colourmaps:class-map-csv": Address(of="class_4a", opens_to=AT_4A),
    "colourmaps:class-indicator": Address(of="class_4a", opens_to=AT_4A, more={"code": "LAS"}),
    "colourmaps:year-group-map": Address(of="school", opens_to=AT_SCHOOL, more={"year_group": "4"}),
    "colourmaps:year-group-map-xlsx": Address(of="school", opens_to=AT_SCHOOL, more={"year_group": "4"}),
    "colourmaps:team-map": Address(opens_to=ACTING),
    "colourmaps:team-map-xlsx": Address(opens_to=ACTING),
    "colourmaps:typing": Address(of="class_4a", opens_to=FILLING_IN_4A),
    "colourmaps:typing-save": Address(of="class_4a", opens_to=FILLING_IN_4A, method="post", answer=400),
    "colourmaps:map-list": Address(opens_to=CONFIGURING),
    "colourmaps:map-new": Address(opens_to=CONFIGURING),
    "colourmaps:map": Address(of="colour_map", opens_to=CONFIGURING),
    "colourmaps:map-share": Address(of="colour_map", opens_to=CONFIGURING, method="post", answer=302),
    "colourmaps:map-delete": Address(of="colour_map", opens_to=CONFIGURING),
    "colourmaps:school-map-list": Address(opens_to=CHOOSING_MAPS, answer=302),
    "colourmaps:school-maps": Address(of="school", opens_to=CHOOSING_MAPS),
    "colourmaps:school-map": Address(of="school", opens_to=CHOOSING_MAPS, more={"map_key": MAP_KEY}),
    "colourmaps:school-map-adopt": Address(
        of="school", opens_to=CHOOSING_MAPS, more={"map_key": MAP_KEY}, method="post", answer=302
    ),
    "colourmaps:school-map-leave": Address(
        of="school", opens_to=CHOOSING_MAPS, more={"map_key": MAP_KEY}, method="post", answer=302
    ),
    "colourmaps:search": Address(method="post", form={"q": "Lund"}),
    "colourmaps:pupil": Address(of="pupil", opens_to=AT_4A),
    "colourmaps:pupil-sheet": Address(of="pupil", opens_to=AT_4A),
    "colourmaps:cell-panel": Address(of="pupil", opens_to=AT_4A, more={"code": "LAS"}, needs_round=True),
    "colourmaps:threshold-list": Address(opens_to=SETTING_LIMITS),
    "colourmaps:threshold": Address(opens_to=SETTING_LIMITS, more={"code": "LAS"}),
    "colourmaps:threshold-save": Address(
        opens_to=SETTING_LIMITS, more={"code": "LAS"}, method="post", answer=422
    ),
    "colourmaps:threshold-end": Address(
        opens_to=SETTING_LIMITS, more={"code": "LAS"}, method="post", answer=302
    ),
    "colourmaps:threshold-take-back": Address(
        opens_to=SETTING_LIMITS, more={"code": "LAS"}, method="post", answer=302
    ),
    "colourmaps:fill-in-list": Address(opens_to=FILLING_IN),
    "colourmaps:fill-in": Address(of="class_4a", opens_to=FILLING_IN_4A),
    "colourmaps:fill-in-workbook": Address(of="class_4a", opens_to=FILLING_IN_4A),
    "colourmaps:fill-in-upload": Address(of="class_4a", opens_to=FILLING_IN_4A, method="post", answer=422),
    "colourmaps:filled-in": filled_in(),
    "colourmaps:filled-in-progress": filled_in(answer=302, part=200),
    "colourmaps:filled-in-decide": filled_in(method="post", answer=302, part=200),
    "colourmaps:filled-in-confirm": filled_in(method="post", answer=302),
    "colourmaps:filled-in-retry": filled_in(method="post", answer=302),
    "colourmaps:filled-in-cancel": filled_in(method="post", answer=302),
    "colourmaps:filled-in-undo": filled_in(answer=302),
    "colourmaps:import-list": Address(opens_to=IMPORTING),
    "colourmaps:import-upload": Address(opens_to=IMPORTING, method="post", answer=422),
    "colourmaps:import": Address(of="refused_import", opens_to=IMPORTING),
    "colourmaps:import-progress": Address(of="import_batch", opens_to=IMPORTING, answer=302, part=200),
    "colourmaps:import-decide": Address(of="refused_import", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-mapping": Address(of="import_batch", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-afresh": Address(of="import_batch", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-confirm": Address(of="refused_import", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-retry": Address(of="import_batch", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-cancel": Address(of="import_batch", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-throw-away": Address(of="import_batch", opens_to=IMPORTING, method="post", answer=302),
    "colourmaps:import-refused": Address(of="refused_import", opens_to=IMPORTING),
    "colourmaps:import-file": Address(of="refused_import", opens_to=IMPORTING),
    "colourmaps:import-undo": Address(of="import_batch", opens_to=IMPORTING, answer=302),
    "colourmaps:indicator-list": Address(opens_to=CONFIGURING),
    "colourmaps:indicator-new": Address(opens_to=CONFIGURING),
    "colourmaps:indicator": Address(of="indicator", named_by="code", opens_to=CONFIGURING),
    "colourmaps:indicator-edit": Address(of="indicator", named_by="code", opens_to=CONFIGURING),
    "colourmaps:starter-sets": Address(opens_to=CONFIGURING),
    "colourmaps:starter-set-adopt": Address(
        opens_to=CONFIGURING, method="post", form={"set": "sweden_attendance"}, answer=302
    ),
    "colourmaps:round-list": Address(opens_to=PLANNING),
    "colourmaps:round-new": Address(opens_to=PLANNING),
    "colourmaps:round": Address(of="round", opens_to=PLANNING),
    "colourmaps:round-edit": Address(of="round", opens_to=PLANNING),
    "colourmaps:round-close": Address(of="round", opens_to=PLANNING),
    "colourmaps:round-open": Address(of="round", opens_to=PLANNING, method="post", answer=302),
    "medical:class-list": Address(opens_to=MEDICAL),
    "medical:class": Address(of="class_4a", opens_to=MEDICAL),
    "medical:fill-in": Address(of="class_4a", opens_to=MEDICAL),
    "medical:pupil": Address(of="pupil", opens_to=MEDICAL),
    "medical:share": Address(of="pupil", opens_to=MEDICAL),
    "medical:crossing-list": Address(opens_to=MEDICAL),
    "medical:crossing": Address(of="crossing", opens_to=MEDICAL),
    "medical:crossing-withdraw": Address(of="crossing", opens_to=MEDICAL),
    # Of those who see the pupil, whom something is shared with; the others must not know that there is something.
    "medical:shared": Address(of="pupil", opens_to=frozenset({"teacher"}), hidden_from=AT_SCHOOL),
    "aggregation:held-back": Address(opens_to=IMPORTING),
    "aggregation:import-sums": Address(of="import_batch", opens_to=IMPORTING),
    "aggregation:job-list": Address(opens_to=IMPORTING),
    "aggregation:job-retry": Address(of="failed_job", opens_to=IMPORTING, method="post", answer=302),
    "aggregation:unit-map": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-map-xlsx": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-map-csv": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-figures": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-worth-a-look": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-trends": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:unit-fresh": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "aggregation:indicator": Address(of="school", opens_to=SUMS_OF_SCHOOL, more={"code": "LAS"}),
    "aggregation:indicator-figures": Address(of="school", opens_to=SUMS_OF_SCHOOL, more={"code": "LAS"}),
    "aggregation:indicator-xlsx": Address(of="school", opens_to=SUMS_OF_SCHOOL, more={"code": "LAS"}),
    "interventions:intervention-list": Address(opens_to=DECIDING),
    "interventions:intervention-list-xlsx": Address(opens_to=DECIDING),
    "interventions:intervention-new-together": Address(opens_to=DECIDING, answer=404),
    "interventions:intervention": Address(of="intervention", opens_to=AT_4A),
    "interventions:intervention-sheet": Address(of="intervention", opens_to=AT_4A),
    "interventions:intervention-edit": Address(of="intervention", opens_to=AT_4A),
    "interventions:intervention-expectation": Address(
        of="intervention", opens_to=AT_4A, method="post", answer=422
    ),
    "interventions:intervention-step": Address(of="intervention", opens_to=AT_4A, method="post", answer=404),
    "interventions:intervention-end": Address(
        of="intervention", opens_to=AT_4A, method="post", form={"on": "2026-11-16"}, answer=302
    ),
    "interventions:session-list": Address(of="intervention", opens_to=AT_4A),
    "interventions:session-plan": Address(of="intervention", opens_to=AT_4A),
    "interventions:session-add": Address(of="intervention", opens_to=AT_4A, method="post", answer=422),
    "interventions:session-mark": Address(of="intervention", opens_to=AT_4A, method="post", answer=404),
    "interventions:session-mark-several": Address(
        of="intervention", opens_to=AT_4A, method="post", answer=302
    ),
    "interventions:evaluation": Address(of="intervention", opens_to=AT_4A),
    "interventions:intervention-continue": Address(
        of="intervention", opens_to=AT_4A, method="post", answer=422
    ),
    "interventions:follow-up": Address(of="intervention", opens_to=AT_4A, method="post", answer=302),
    "interventions:baseline-anew": Address(of="intervention", opens_to=AT_4A, method="post", answer=302),
    "interventions:improvements": Address(of="school", opens_to=SUMS_OF_SCHOOL),
    "interventions:unit-interventions": Address(of="class_4a", opens_to=AT_4A),
    "interventions:unit-interventions-xlsx": Address(of="class_4a", opens_to=AT_4A),
    "interventions:intervention-new": Address(of="class_4a", opens_to=AT_4A),
    "interventions:unit-unanswered": Address(of="class_4a", opens_to=AT_4A),
    "interventions:team-unanswered": Address(opens_to=ACTING),
    "interventions:column-answers": Address(of="class_4a", opens_to=AT_4A, more={"code": "LAS"}),
    "interventions:team-column-answers": Address(opens_to=ACTING, more={"code": "LAS"}),
    "interventions:cell-answers": Address(of="pupil", opens_to=AT_4A, more={"code": "LAS"}),
    "interventions:decision-done": Address(
        of="decision", opens_to=AT_SCHOOL | {"teacher"}, method="post", answer=302
    ),
    "interventions:own-analysis": Address(of="class_4a", opens_to=AT_4A),
    "interventions:team-notes": Address(opens_to=ACTING),
    "interventions:mail-choice": Address(),
    "interventions:mail-stop": public(more={"token": "x"}, answer=404, anonymous=404),
    "interventions:early-effort": Address(of="school", opens_to=AT_SCHOOL),
    "interventions:family-code": Address(of="family_meeting", opens_to=AT_SCHOOL),
    "interventions:family-report": Address(of="school", opens_to=READING_FAMILIES),
    "interventions:talk-list": Address(of="pupil", opens_to=AT_4A),
    "interventions:talk": Address(of="talk", opens_to=AT_4A),
    "interventions:talk-print": Address(of="talk", opens_to=AT_4A),
    "interventions:talk-close": Address(of="talk", opens_to=AT_4A, method="post", answer=422),
    "interventions:talk-agreement": Address(of="talk", opens_to=AT_4A, method="post", answer=404),
    "interventions:talk-code": Address(of="talk", opens_to=AT_4A),
    "interventions:voice": public(anonymous=200),
    "interventions:voice-questions": public(more={"code": FAMILY_CODE}, anonymous=200),
    "interventions:voice-thanks": public(more={"code": FAMILY_CODE}, anonymous=200),
    "interventions:catalogue": Address(),
    "interventions:entry": Address(of="entry"),
    "interventions:entry-use": Address(of="entry", opens_to=DECIDING),
    "interventions:entry-new": Address(opens_to=KEEPING_THE_CATALOGUE),
    "interventions:entry-edit": Address(of="entry", opens_to=KEEPING_THE_CATALOGUE),
    "interventions:entry-check": Address(
        of="entry", opens_to=KEEPING_THE_CATALOGUE, method="post", answer=302
    ),
    "interventions:entry-withdraw": Address(of="entry", opens_to=KEEPING_THE_CATALOGUE),
    "interventions:entry-restore": Address(
        of="entry", opens_to=KEEPING_THE_CATALOGUE, method="post", answer=302
    ),
    "interventions:entry-share": Address(of="entry", opens_to=OFFERING),
    "interventions:entry-unshare": Address(of="entry", opens_to=OFFERING, method="post", answer=302),
    "interventions:entry-source": Address(of="entry", opens_to=KEEPING_THE_CATALOGUE, answer=302),
    "interventions:offer-list": Address(opens_to=KEEPING_THE_CATALOGUE),
    "interventions:offer": Address(opens_to=KEEPING_THE_CATALOGUE, more={"offer_key": OFFER_KEY}),
    "interventions:offer-take": Address(
        opens_to=KEEPING_THE_CATALOGUE, more={"offer_key": OFFER_KEY}, method="post", answer=302
    ),
    "interventions:meeting-picture": Address(of="meeting", opens_to=AT_4A),
    "interventions:question-list": Address(opens_to=ANSWERING),
    "interventions:question-list-xlsx": Address(opens_to=ANSWERING),
    "interventions:question-setup": Address(opens_to=CONFIGURING),
    "interventions:question-area": Address(of="development_area", opens_to=CONFIGURING),
    "interventions:question-queue": Address(of="support_queue", opens_to=CONFIGURING),
    "interventions:meeting-setup": Address(opens_to=CONFIGURING),
    "interventions:meeting-kind-new": Address(opens_to=CONFIGURING),
    "interventions:meeting-kind": Address(of="meeting_kind", opens_to=CONFIGURING),
    "interventions:routine": Address(opens_to=WATCHING),
    "interventions:unit-routine": Address(of="school", opens_to=WATCHING),
    "interventions:unit-routine-xlsx": Address(of="school", opens_to=WATCHING),
    "interventions:question": Address(of="question", opens_to=AT_4A),
    "interventions:question-take": Address(of="question", opens_to=LEADING, method="post", answer=302),
    "interventions:question-answer": Address(
        of="question",
        opens_to=LEADING | {"teacher"},
        method="post",
        form={"text": "Ja", "seen": "1"},
        answer=302,
    ),
    "interventions:question-read": Address(of="question", opens_to=AT_4A, method="post", answer=302),
    "interventions:question-again": Address(
        of="question", opens_to=frozenset({"teacher"}), method="post", answer=422
    ),
    "interventions:question-sort": Address(
        of="question", opens_to=LEADING | {"teacher"}, method="post", answer=302
    ),
    "interventions:question-pass-on": Address(of="question", opens_to=LEADING),
    "interventions:question-new": Address(of="class_4a", opens_to=AT_4A),
    "interventions:meeting-list": Address(opens_to=MEETING),
    "interventions:calendar-feed": Address(opens_to=MEETING),
    "interventions:calendar-file": public(more={"secret": "x"}, answer=404, anonymous=404),
    "interventions:unit-meetings": Address(of="school", opens_to=MEETING_AT_SCHOOL),
    "interventions:meeting-new": Address(of="school", opens_to=PLANNING_AT_SCHOOL),
    "interventions:series-new": Address(of="school", opens_to=PLANNING_AT_SCHOOL),
    "interventions:series": Address(of="series", opens_to=PLANNING_AT_4A),
    "interventions:meeting-move": Address(of="planned_meeting", opens_to=PLANNING_AT_4A),
    "interventions:meeting-cancel": Address(of="planned_meeting", opens_to=PLANNING_AT_4A),
    "interventions:meeting": Address(of="meeting", opens_to=AT_4A),
    "interventions:meeting-agenda": Address(
        of="meeting", opens_to=AT_4A, method="post", form={"act": "prepare"}, answer=302
    ),
    "interventions:meeting-case-new": Address(of="meeting", opens_to=AT_4A),
    "interventions:meeting-holding": Address(of="meeting", opens_to=AT_4A, method="post", answer=422),
    "interventions:meeting-presence": Address(of="meeting", opens_to=AT_4A, method="post", answer=302),
    "interventions:meeting-note": Address(
        of="meeting", opens_to=AT_4A, method="post", more={"place": "private-0"}, answer=422
    ),
    "interventions:meeting-start": Address(of="meeting", opens_to=AT_4A, method="post", answer=302),
    "interventions:meeting-room": Address(of="meeting", opens_to=AT_4A),
    "interventions:meeting-case": Address(of="meeting", opens_to=AT_4A, more={"case_key": CASE_KEY}),
    "interventions:meeting-close": Address(of="meeting", opens_to=AT_4A),
    "interventions:meeting-recap": Address(of="meeting", opens_to=AT_4A),
    "interventions:unit-obstacles": Address(
        of="school", opens_to=SUMS_OF_SCHOOL - {"collaboration_partner"} | {"support_function"}
    ),
}

# What a query may name besides: (address, name in the query, what it names, by which of its fields).
QUERIES = [
    ("colourmaps:class-map", "round", "round", "key"),
    ("colourmaps:class-map", "show", "pupil", "key"),
    ("colourmaps:class-map", "show", "indicator", "code"),
    ("colourmaps:class-map", "sort", "indicator", "code"),
    ("colourmaps:year-group-map", "round", "round", "key"),
    ("colourmaps:team-map", "round", "round", "key"),
    ("colourmaps:year-group-map-xlsx", "round", "round", "key"),
    ("colourmaps:team-map-xlsx", "round", "round", "key"),
    ("colourmaps:class-map-xlsx", "round", "round", "key"),
    ("colourmaps:class-map-csv", "round", "round", "key"),
    ("colourmaps:cell-panel", "round", "round", "key"),
    ("colourmaps:class-map", "map", "colour_map", "key"),
    ("colourmaps:class-map-xlsx", "map", "colour_map", "key"),
    ("colourmaps:typing", "round", "round", "key"),
    ("colourmaps:typing", "map", "colour_map", "key"),
    ("aggregation:unit-map", "map", "colour_map", "key"),
    ("colourmaps:fill-in", "round", "round", "key"),
    ("aggregation:unit-map", "round", "round", "key"),
    ("aggregation:unit-map-xlsx", "round", "round", "key"),
    ("aggregation:unit-map-csv", "round", "round", "key"),
    ("aggregation:unit-figures", "round", "round", "key"),
    ("aggregation:unit-worth-a-look", "round", "round", "key"),
    ("aggregation:unit-worth-a-look", "indicator", "indicator", "code"),
    ("aggregation:unit-trends", "round", "round", "key"),
    ("aggregation:unit-fresh", "round", "round", "key"),
    ("aggregation:indicator", "round", "round", "key"),
    ("aggregation:indicator-figures", "round", "round", "key"),
    ("aggregation:indicator-xlsx", "round", "round", "key"),
    ("interventions:improvements", "round", "round", "key"),
    ("interventions:unit-unanswered", "round", "round", "key"),
    ("interventions:unit-unanswered", "columns", "indicator", "code"),
    ("interventions:team-unanswered", "round", "round", "key"),
    ("interventions:team-unanswered", "columns", "indicator", "code"),
    ("interventions:unit-interventions", "indicator", "indicator", "code"),
    ("interventions:intervention-new", "pupil", "pupil", "key"),
    ("interventions:intervention-new", "indicator", "indicator", "code"),
    ("interventions:intervention-new", "entry", "entry", "key"),
    ("interventions:intervention-new", "case", "meeting_case", "key"),
    ("interventions:intervention-new", "part", "class_4a", "key"),
    ("interventions:intervention-new", "round", "round", "key"),
    ("interventions:intervention-new-together", "unit", "class_4a", "key"),
    ("interventions:meeting-picture", "class", "class_4a", "key"),
    ("interventions:question-new", "pupil", "pupil", "key"),
    ("interventions:question-new", "indicator", "indicator", "code"),
    ("interventions:question-new", "round", "round", "key"),
    ("interventions:question-list", "area", "development_area", "key"),
    ("interventions:routine", "kind", "meeting_kind", "key"),
    ("interventions:unit-routine", "kind", "meeting_kind", "key"),
    ("interventions:unit-routine-xlsx", "kind", "meeting_kind", "key"),
    ("pupils:log-account", "person", "reader", "key"),
]


@dataclass(frozen=True)
class World:
    """A municipality with one of everything that an address can name. `word` stands in every name in it."""

    place: Place
    word: str
    pupil: Pupil
    indicator: Indicator
    round: MeasurementRound
    intervention: Intervention
    import_batch: ImportBatch
    filled_in: ImportBatch
    failed_job: Job
    group: PupilGroup
    colour_map: ColourMap
    entry: CatalogueEntry
    question: Question
    development_area: DevelopmentArea
    support_queue: SupportQueue
    meeting: AnalysisMeeting
    meeting_case: MeetingCase
    planned_meeting: AnalysisMeeting
    series: MeetingSeries
    family_meeting: AnalysisMeeting
    talk: Talk
    meeting_kind: MeetingKind
    decision: MeetingCase
    identity_provider: IdentityProvider
    crossing: Crossing
    protected_pupil: Pupil
    protected_access: ProtectedAccess
    unmasking: Unmasking
    emergency: EmergencyAccess
    log_control: LogControl

    @property
    def class_4a(self) -> Unit:
        return self.place.class_4a

    @property
    def school(self) -> Unit:
        return self.place.school

    @property
    def user(self) -> User:
        return self.place.colleague

    @cached_property
    def exported(self) -> ExportedFile:
        """A file that the administrator has asked for and was kept long enough; one that is there: test_exports.py."""
        with municipality_scope(self.place.municipality):
            file = ExportedFile.objects.create(
                municipality=self.place.municipality,
                by=self.place.administrator,
                purpose=self.word,
                expires_at=timezone.now() - datetime.timedelta(days=1),
                stored_as="a-random-name",
            )
        path_of(file).parent.mkdir(parents=True, exist_ok=True)
        path_of(file).write_text(self.word)
        return file

    @cached_property
    def refused_import(self) -> ImportBatch:
        """A file that has been read, with a row that was refused. Made where it is asked for: reading takes time."""
        content = f"Elev-ID;Prov {self.word} HT {self.word}\n{self.pupil.own_id};17\nokänd;17\n"
        file = SimpleUploadedFile(f"{self.word}.csv", content.encode())
        with municipality_scope(self.place.municipality):
            batch = upload_file(upload=file, by=self.place.coordinator)
            read_import(batch.job, batch)
            return ImportBatch.objects.get(pk=batch.pk)

    @property
    def reader(self) -> User:
        return self.place.teacher

    def person(self, name: str) -> User:
        return getattr(self.place, name)


def offer_of_a_third() -> None:
    """Offered to both worlds, once for all of them."""
    if not SharedEntry.objects.filter(key=OFFER_KEY).exists():
        shared_entry(MunicipalityFactory(name="Bergby"), key=OFFER_KEY)


def make_world(place: Place, word: str, code: str) -> World:
    offer_of_a_third()
    with municipality_scope(place.municipality):
        pupil = PupilFactory(family_name=f"Lund{word}", school_class=place.class_4a)
        PupilFactory(family_name=f"Lund{word}", school_class=place.class_5a)
        indicator = IndicatorFactory(code=code, names={"sv": f"Prov {word}"})
        round_ = RoundFactory(
            name=f"HT {word}", starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31)
        )
        ThresholdFactory(indicator=indicator)
        DueIndicatorFactory(indicator=indicator, round=round_)
        record(round_, indicator, {pupil: 2000})
        entry = EntryFactory(title=f"Post {word}", owner=place.principal)
        intervention = InterventionFactory(
            unit=place.class_4a,
            indicator=indicator,
            title=f"Insats {word}",
            responsible=place.teacher,
            pupils=[pupil],
            entry=entry,
        )
        batch = ImportBatchFactory(file_name=f"{word}.xlsx", by=place.coordinator)
        filled_in = ImportBatchFactory(
            file_name=f"{word} 4A.xlsx", by=place.teacher, kind=ImportKind.FILLED_IN
        )
        failed_job = Job.objects.create(
            municipality=place.municipality, task=f"{word}.work", state=JobState.FAILED
        )
        group = GroupFactory(name=f"Grupp {word}")
        colour_map = ColourMapFactory(names={"sv": f"Karta {word}"}, indicators=[indicator])
        used = ColourMapFactory(names={"sv": f"Skolkarta {word}"}, indicators=[indicator], key=MAP_KEY)
        adopt_map(colour_map=used, school=place.school, by=place.principal)
        question = QuestionFactory(
            unit=place.class_4a, pupil=pupil, asked_by=place.teacher, text=f"Räcker tiden för {word}?"
        )
        of_4a = {"kind": kind_of(Rung.TEAM), "unit": place.class_4a, "lead": place.principal}
        planned = MeetingFactory(place=f"Rum {word}", **of_4a)
        series = MeetingSeries.objects.create(
            municipality=place.municipality,
            rule=Rule.MONTHLY,
            first_on=datetime.date(2026, 9, 1),
            place=f"Rum {word}",
            made_by=place.principal,
            **of_4a,
        )
        area = add_area(name=f"Område {word}", by=place.administrator)
        queue = add_queue(name=f"Stöd {word}", by=place.administrator)
        meeting = MeetingFactory(
            kind=kind_of(Rung.TEAM),
            unit=place.class_4a,
            lead=place.teacher,
            round=round_,
            place=f"Sal {word}",
            is_started=True,
            started_at=timezone.now(),
        )
        CaseFactory(meeting=meeting, title=f"Ärende {word}", unit=place.class_4a, key=CASE_KEY)
        case = CaseFactory(meeting=meeting, title=f"Fall {word}", unit=place.class_4a, pupil=pupil)
        family_meeting = MeetingFactory(kind=family_kind(), unit=place.school, lead=place.principal)
        talk = TalkFactory(
            pupil=pupil, unit=place.class_4a, made_by=place.teacher, present=f"Elev och mamma {word}"
        )
        with across_municipalities():
            is_first = not FamilyCode.objects.exists()
        if is_first:
            CodeFactory(talk=talk, school=place.school, code=FAMILY_CODE)
        kind = add_kind(
            names={"sv": f"Möte {word}"},
            rung=Rung.SCHOOL,
            texts=[{"sv": f"Vad ser vi i {word}?"}],
            by=place.administrator,
        )
        decision = decision_of_the_team(place, word)
    with municipality_scope(place.municipality):
        provider = ProviderFactory(contact=f"IT {word}")  # its name is public, on the button
        medical = MedicalIndicatorFactory(code=f"M_{indicator.code}", names={"sv": f"Hälsosamtal {word}"})
        MedicalResultFactory(pupil=pupil, indicator=medical, by=place.medical_health)
        crossing = CrossingFactory(
            pupil=pupil, codes=[medical.code], receiver=place.teacher, decided_by=place.medical_health
        )
        protected = PupilFactory(
            family_name=f"Hemlig{word}", school_class=place.class_4a, protection=Protection.PROTECTED
        )
        access = named(place.teacher, protected, by=place.principal)
        unmasking = ask_for_name(pupil=protected, by=place.teacher, reason="Anmälan", minutes=10)
        emergency = open_in_emergency(
            unit=place.class_4a, kind=EmergencyKind.OTHER, reason="Akut", hours=1, by=place.health_team
        )
        log_control = control_of_the_log(place, pupil)
    return World(
        place=place,
        word=word,
        pupil=pupil,
        indicator=indicator,
        round=round_,
        intervention=intervention,
        import_batch=batch,
        filled_in=filled_in,
        failed_job=failed_job,
        group=group,
        colour_map=colour_map,
        entry=entry,
        question=question,
        development_area=area,
        support_queue=queue,
        meeting=meeting,
        meeting_case=case,
        planned_meeting=planned,
        series=series,
        family_meeting=family_meeting,
        talk=talk,
        meeting_kind=kind,
        decision=decision,
        identity_provider=provider,
        crossing=crossing,
        protected_pupil=protected,
        protected_access=access,
        unmasking=unmasking,
        emergency=emergency,
        log_control=log_control,
    )


def control_of_the_log(place: Place, pupil: Pupil) -> LogControl:
    """Of today, with one line: somebody has looked at the pupil's page."""
    record_audit_event("pupil seen", by=place.teacher, unit=place.class_4a, pupils=[pupil.pk])
    today = timezone.localdate()
    return make_control(
        first_on=today,
        last_on=today,
        selections=["random"],
        n_random=1,
        day_begins=6,
        day_ends=19,
        by=place.access_auditor,
    )


def decision_of_the_team(place: Place, word: str) -> MeetingCase:
    """What a meeting on 4A has decided, for the teacher to do."""
    meeting = MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=place.school,
        lead=place.analysis_lead,
        classes=[place.class_4a],
        is_closed=True,
    )
    return CaseFactory(
        meeting=meeting,
        unit=place.class_4a,
        outcome=Outcome.MEASURE,
        measure=f"Åtgärd {word}",
        responsible=place.teacher,
        due_on=datetime.date(2026, 11, 20),
        decided_at=datetime.datetime(2026, 11, 16, 8, tzinfo=datetime.UTC),
    )
