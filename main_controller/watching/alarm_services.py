"""What a person has taken out of service: alarms of a unit, or of all, from one moment to another (ISA-18.2).

Used by the watch of the alarms. It ends by itself, and then what still holds is announced anew; a maintenance lock is
another thing, and never ends by itself.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from main_controller.alarms.alarm import Service
from main_controller.domain.scope import named_first
from main_controller.errors import BadRequest, ControllerError, NotFound
from main_controller.sentence import say

log = logging.getLogger(__name__)

LONGEST = timedelta(days=92)
"""How long alarms may be out of service at once."""


class Kept(Protocol):
    """Where they outlive the program; each call raises ControllerError when the disk refuses."""

    def services(self) -> list[Service]:
        """All of them."""
        ...

    def keep_service(self, service: Service) -> None:
        """Write one in place of the scope's earlier one."""
        ...

    def drop_service(self, scope: str) -> None:
        """Forget that of this scope."""
        ...


class AlarmServices:
    """At most one for each scope; `wall` gives aware UTC."""

    def __init__(self, kept: Kept, *, wall: Callable[[], datetime]) -> None:
        self._kept = kept
        self._wall = wall
        self._changing = threading.Lock()  # one change at a time: the disk first, then the memory
        self._services: tuple[Service, ...] = self._loaded()  # replaced whole

    def all(self) -> list[Service]:
        """Those that hold now or later."""
        now = self._wall()
        return [one for one in self._services if one.until > now]

    def scopes(self) -> list[str]:
        """The scopes that are out of service now."""
        now = self._wall()
        return [one.scope for one in self._services if one.holds(now)]

    def take_out(self, service: Service) -> None:
        """Take a scope out of service.

        Raises BadRequest for times that are none, ControllerError where the disk refuses: then it is not done.
        """
        if not self._wall() < service.until or not service.since < service.until:
            raise BadRequest(say("watching.serviceEnds", "Out of service must end after it begins, and after now."))
        if service.until - service.since > LONGEST:
            raise BadRequest(
                say("watching.serviceLong", "Alarms are out of service for at most {days} days.", days=LONGEST.days)
            )
        with self._changing:
            self._kept.keep_service(service)
            self._services = (*(one for one in self._services if one.scope != service.scope), service)

    def put_back(self, scope: str) -> None:
        """Take a scope back into service. Raises NotFound where it is in it, ControllerError where the disk refuses."""
        with self._changing:
            if all(one.scope != scope for one in self.all()):
                raise NotFound(
                    say("watching.inService", "{scope} is not out of service.", scope=named_first(scope or None))
                )
            self._kept.drop_service(scope)
            self._services = tuple(one for one in self._services if one.scope != scope)

    def _loaded(self) -> tuple[Service, ...]:
        try:
            return tuple(self._kept.services())
        except ControllerError as error:
            log.error("what was out of service is lost, so all alarms are in it: %s", error.sentence)
            return ()
