"""The words of supervision: what a session is, how it is held, and in which state a booking stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Modality(TextChoices):
    ONSITE = "onsite", _("现场")
    ONLINE = "online", _("线上")


class Kind(TextChoices):
    INDIVIDUAL = "individual", _("个别督导")
    GROUP = "group", _("团体督导")
    PEER = "peer", _("同辈督导")


class Function(TextChoices):
    """Administrative, educational, supportive (BJ-16 asks for all three)."""

    EDUCATIONAL = "educational", _("教育")
    SUPPORTIVE = "supportive", _("支持")
    ADMINISTRATIVE = "administrative", _("行政")


class State(TextChoices):
    REQUESTED = "requested", _("待答复")
    CONFIRMED = "confirmed", _("已确认")
    DECLINED = "declined", _("已谢绝")
    CANCELLED = "cancelled", _("已取消")
    COMPLETED = "completed", _("已完成")
    EXPIRED = "expired", _("已过期")


# The states in which a booking keeps its time: asked for counts as much as confirmed, so that two requests for one
# slot can never both be confirmed.
BUSY = (State.REQUESTED, State.CONFIRMED, State.COMPLETED)
