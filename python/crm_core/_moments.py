"""Moments: from what the user gave to seconds since 1970-01-01T00:00:00, and back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from crm_core.errors import MissingValueError, UnreadableError, WrongTypeError

_EPOCH = datetime(1970, 1, 1)


def seconds(argument: str, moment: Any) -> int:
    """Give the seconds since 1970-01-01T00:00:00 of a moment; what is beyond the second is cut off.

    A datetime that is naive or UTC, a date (its beginning), a ``numpy.datetime64``, or a text in ISO 8601.
    """
    if moment is None or moment != moment or type(moment).__name__ in ("NAType", "NaTType"):
        message = f"{argument}: is missing"
        raise MissingValueError(message, argument=argument)
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            message = f"{argument} is {moment!r}: must be a moment in the form YYYY-MM-DDThh:mm:ss"
            raise UnreadableError(message, argument=argument, value=repr(moment)) from None
    if isinstance(moment, np.datetime64):
        return int(moment.astype("M8[s]").astype(np.int64))
    if isinstance(moment, datetime):
        if moment.utcoffset() not in (None, timedelta(0)):
            message = f"{argument} is {moment}: must be naive or UTC"
            raise WrongTypeError(message, argument=argument, value=str(moment))
        return (moment.replace(tzinfo=None) - _EPOCH) // timedelta(seconds=1)
    if isinstance(moment, date):
        return (moment - _EPOCH.date()).days * 86_400
    kind = type(moment).__name__
    message = f"{argument} is of type {kind}: must be a datetime"
    raise WrongTypeError(message, argument=argument, value=f"of type {kind}")


def moment_of(seconds: int) -> datetime:
    """Give the moment of these seconds."""
    return _EPOCH + timedelta(seconds=seconds)
