from district.models.activity import Activity, ActivitySeal, Cursor, LedgerCheck, Notification
from district.models.api import ApiClient, ApiToken, IdempotencyKey
from district.models.bilingual import Bilingual, one_language
from district.models.district import Community, District
from district.models.file import File, FileAudience
from district.models.organization import (
    Certification,
    CertificationKind,
    ClaimStatus,
    Industry,
    Organization,
    OrganizationClaim,
    OrganizationContact,
    OrganizationKind,
    OrganizationName,
)
from district.models.person import OPERATOR_ROLES, Invitation, Membership, Person, Role
from district.models.saved_view import SavedView
from district.models.work import Job, JobProblem, JobStatus, Notice, SearchEntry

__all__ = [
    "OPERATOR_ROLES",
    "Activity",
    "ActivitySeal",
    "ApiClient",
    "ApiToken",
    "Bilingual",
    "Certification",
    "CertificationKind",
    "ClaimStatus",
    "Community",
    "Cursor",
    "District",
    "File",
    "FileAudience",
    "IdempotencyKey",
    "Industry",
    "Invitation",
    "Job",
    "JobProblem",
    "JobStatus",
    "LedgerCheck",
    "Membership",
    "Notice",
    "Notification",
    "Organization",
    "OrganizationClaim",
    "OrganizationContact",
    "OrganizationKind",
    "OrganizationName",
    "Person",
    "Role",
    "SavedView",
    "SearchEntry",
    "one_language",
]
