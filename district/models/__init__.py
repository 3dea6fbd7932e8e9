from district.models.activity import Activity, ActivitySeal, Cursor, LedgerCheck, Notification
from district.models.api import ApiClient, ApiToken, IdempotencyKey
from district.models.bilingual import Bilingual, one_language
from district.models.delivery import (
    Channel,
    Delivery,
    DeliveryStatus,
    MailPace,
    NotificationChoice,
)
from district.models.district import Community, District
from district.models.file import File, FileAudience
from district.models.notice import Notice, NoticeDismissal, NoticeState
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
from district.models.robot import Robot, RobotKind
from district.models.saved_view import SavedView
from district.models.work import Job, JobProblem, JobStatus, SearchEntry

__all__ = [
    "OPERATOR_ROLES",
    "Activity",
    "ActivitySeal",
    "ApiClient",
    "ApiToken",
    "Bilingual",
    "Certification",
    "CertificationKind",
    "Channel",
    "ClaimStatus",
    "Community",
    "Cursor",
    "Delivery",
    "DeliveryStatus",
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
    "MailPace",
    "Membership",
    "Notice",
    "NoticeDismissal",
    "NoticeState",
    "Notification",
    "NotificationChoice",
    "Organization",
    "OrganizationClaim",
    "OrganizationContact",
    "OrganizationKind",
    "OrganizationName",
    "Person",
    "Robot",
    "RobotKind",
    "Role",
    "SavedView",
    "SearchEntry",
    "one_language",
]
