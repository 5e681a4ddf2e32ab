"""The few ways things go wrong, each with its HTTP status and its one sentence (requirement Z1).

Everything that a caller must be told is raised as a `ControllerError`; `web/replies.py` is the only place
that turns one into a reply.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from main_controller.sentence import Sentence

Sent = bool | Literal["unknown"]
"""Whether an order left this program: True, False, or "unknown" when the connection broke after it (Z8a)."""

ANSWERED_BY = ("APIS-Answered-By", "main-controller")
"""The header of every reply of this program: a refusal without it is somebody else's, such as a proxy's (H11)."""


class ControllerError(Exception):
    """Something went wrong that one sentence explains.

    `sentence` names what was wrong, for a person. `details` are added to the JSON body beside `error`
    (for example `rules`, `units`); `headers` to the reply. `sent` is whether an order had left us all the same (Z8a).
    """

    status = 500
    sent: Sent = False

    def __init__(
        self,
        sentence: Sentence,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details: dict[str, Any] = dict(details or {})
        self.headers: dict[str, str] = dict(headers or {})


class BadRequest(ControllerError):
    """A parameter is missing, unknown, doubled or wrong (400)."""

    status = 400


class Unauthorized(ControllerError):
    """Nobody knows who this caller is, and this needs somebody (401)."""

    status = 401

    def __init__(self, sentence: Sentence, *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence, details=details, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(ControllerError):
    """This caller may not do this (403)."""

    status = 403


class NotFound(ControllerError):
    """No such route, unit or command (404)."""

    status = 404


class MethodNotAllowed(ControllerError):
    """The route exists, but not for this method (405)."""

    status = 405


class Refused(ControllerError):
    """The grid's present state does not permit the order (409). Nothing was sent."""

    status = 409


class TooLarge(ControllerError):
    """The request body is too large (413)."""

    status = 413


class AddressTooLong(ControllerError):
    """The request's path or query is too long (414)."""

    status = 414


class TooMany(ControllerError):
    """This was tried too often, or by too many at once (429, with Retry-After in s)."""

    status = 429

    def __init__(self, sentence: Sentence, *, details: Mapping[str, Any] | None = None, retry_after: int = 5) -> None:
        super().__init__(sentence, details=details, headers={"Retry-After": str(retry_after)})


class NoDataYet(ControllerError):
    """The answer is not known yet (503, with Retry-After)."""

    status = 503

    def __init__(self, sentence: Sentence, *, details: Mapping[str, Any] | None = None, retry_after: int = 5) -> None:
        super().__init__(sentence, details=details, headers={"Retry-After": str(retry_after)})


class UpstreamError(ControllerError):
    """apis-web or a device did not do what it was asked (502). `sent` says whether the request left us (Z8a)."""

    status = 502

    def __init__(self, sentence: Sentence, *, sent: Sent = "unknown", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence, details=details)
        self.sent = sent


class UpstreamUnreachable(UpstreamError):
    """No connection could be made: nothing was sent (502)."""


class UpstreamGarbled(UpstreamError):
    """The answer was cut off, too large, not JSON or of the wrong shape (502)."""


class UpstreamRefused(UpstreamError):
    """It answered, and the answer was an error (502)."""


class UpstreamTimeout(UpstreamError):
    """It did not answer in time; an order may still take effect (504)."""

    status = 504


class SettingError(Exception):
    """A setting has an unknown name or a bad value; `key` names it (Z14)."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


class SettingErrors(SettingError):
    """Several of them, a line each; `key` and `sentence` are those of the first."""

    def __init__(self, faults: Sequence[SettingError]) -> None:
        super().__init__(faults[0].key, faults[0].sentence)
        self.args = ("\n".join(map(str, faults)),)
