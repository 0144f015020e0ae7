"""When a relationship is in trouble: complaints, early warning, and winning customers back.

>>> from crm_core.service import Complaint, LossCause, loss_status
>>> Complaint("2024-03-01T09:00:00").apply("record", "2024-03-01T09:20:00").step
<ComplaintStep.RECORDED: 'recorded'>
>>> loss_status(0.04, LossCause.PRICING)
<LossStatus.TEMPORARILY_LOST: 'temporarily_lost'>
"""

from crm_core.service._complaint import (
    COMPLAINT_TRANSITIONS,
    Complaint,
    ComplaintAction,
    ComplaintEntry,
    ComplaintOutcome,
    ComplaintStatistics,
    ComplaintStep,
    ComplaintTransition,
    Overdue,
    Rate,
    complaint_statistics,
)
from crm_core.service._warning import (
    Calibration,
    CalibrationBin,
    Recalibration,
    WarningModel,
    calibration,
    recalibrate,
)
from crm_core.service._win_back import LossCause, LossSegment, LossStatus, loss_status, win_back_ranking

__all__ = [
    "COMPLAINT_TRANSITIONS",
    "Calibration",
    "CalibrationBin",
    "Complaint",
    "ComplaintAction",
    "ComplaintEntry",
    "ComplaintOutcome",
    "ComplaintStatistics",
    "ComplaintStep",
    "ComplaintTransition",
    "LossCause",
    "LossSegment",
    "LossStatus",
    "Overdue",
    "Rate",
    "Recalibration",
    "WarningModel",
    "calibration",
    "complaint_statistics",
    "loss_status",
    "recalibrate",
    "win_back_ranking",
]
