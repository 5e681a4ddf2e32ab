"""Owns who may call what: networks, host names, cross-site browser requests, read-only (Z3, X1).

Used by the application: `admit` sees every request before it is routed, the Bottle plugin every command.
"""

import ipaddress
from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import bottle

from main_controller.errors import Forbidden
from main_controller.web.replies import error_reply, shown, wrong_method

KEPT_ANSWERS = 256
DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
BROWSER_HEADERS: tuple[str, ...] = ("HTTP_ORIGIN", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE")
"""Headers that only browsers send, besides any `Sec-*` (Z3)."""

Stops = bool | Callable[[], bool]
"""How a command's route says that it only ever stops something: always, or as its parameters tell."""


class Guard:
    """Refuses callers and requests that may not be (403), commands by other methods (405).

    `own_names` are this machine's names; `allowed_hosts` further ones, each `name` or `name:port`; an entry without a
    port stands in an `Origin` for the scheme's usual port. `allowed_networks` are networks like "192.168.0.0/24", None
    for every caller that reaches us. With `read_only` only routes that stop something act.
    """

    name = "guard"
    api = 2

    def __init__(
        self,
        *,
        own_names: Collection[str] = (),
        allowed_hosts: Collection[str] = (),
        allowed_networks: Collection[str] | None = None,
        read_only: bool = False,
    ) -> None:
        own = {name.lower().rstrip(".") for name in own_names}
        self._allowed = frozenset(_host_and_port(host) for host in allowed_hosts)
        names = {name for name, _ in self._allowed if name is not None}
        self._names = frozenset({"localhost", *own, *(f"{name}.local" for name in own if "." not in name), *names})
        self._networks = (
            None if allowed_networks is None else [ipaddress.ip_network(net, strict=False) for net in allowed_networks]
        )
        self._read_only = read_only
        self._known_hosts: MutableMapping[str, bool] = {}
        self._known_callers: MutableMapping[str, bool] = {}

    def admit(self, environ: Mapping[str, Any]) -> None:
        """Let the request pass if its caller and its `Host` may; Forbidden otherwise.

        A request without `Host` (HTTP/1.0) passes: browsers always send one.
        """
        if self._networks is not None:
            caller = environ.get("REMOTE_ADDR", "")
            if not _remembered(self._known_callers, caller, self._is_allowed_caller):
                raise Forbidden(f"The address {shown(caller)} is not in the setting allowed_networks.")
        host = environ.get("HTTP_HOST")
        if host is not None and not _remembered(self._known_hosts, host, self._is_our_name):
            raise Forbidden(
                f"The Host {shown(host)} is no name of this machine; add it to the setting allowed_hosts if it is one."
            )

    def setup(self, app: bottle.Bottle) -> None:
        """Nothing to prepare; called by Bottle on installation."""

    def apply(self, callback: Callable[..., Any], route: bottle.Route) -> Callable[..., Any]:
        """Guard one route mounted with `command=True`; its `stops` says whether read-only lets it pass (Z3)."""
        if not route.config.get("command", False):
            return callback
        stops: Stops = route.config.get("stops", False)

        def guarded(**arguments: Any) -> Any:
            environ = bottle.request.environ
            method = environ["REQUEST_METHOD"]
            if method not in ("GET", "POST"):
                return error_reply(wrong_method(["GET", "POST"]))
            if method == "GET":
                refuse_browser(environ)
            else:
                self.refuse_foreign_page(environ)
            if self._read_only and not (stops() if callable(stops) else stops):
                raise Forbidden("This Main Controller is read-only: of all commands it takes Stop all and Wait alone.")
            return callback(**arguments)

        return guarded

    def refuse_foreign_page(self, environ: Mapping[str, Any]) -> None:
        """Refuse a browser's POST unless our own page sent it: its `Origin` is its `Host` or allowed (Z3)."""
        if browser_header(environ) is None:
            return
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            raise Forbidden("A browser's command needs an Origin header; use this controller's own page.")
        parts = _origin(origin)
        if parts is None or not self._is_our_origin(*parts, environ.get("HTTP_HOST", "")):
            raise Forbidden(f"The Origin {shown(origin)} is not this controller's own page.")

    def _is_our_origin(self, name: str, port: int, usual: int, host: str) -> bool:
        ours = {_host_and_port(host), *self._allowed}
        return any(name == our_name and port == (our_port or usual) for our_name, our_port in ours)

    def _is_our_name(self, host: str) -> bool:
        name, _ = _host_and_port(host)
        return name is not None and (name in self._names or _address(name) is not None)

    def _is_allowed_caller(self, caller: str) -> bool:
        address = _address(caller)
        return address is not None and any(address in network for network in self._networks or ())


def refuse_browser(environ: Mapping[str, Any]) -> None:
    """Refuse a command by GET that any browser may have sent: a link on any page could be it (Z3, T32)."""
    header = browser_header(environ)
    if header is not None:
        raise Forbidden(
            f"A command by GET with the header {header} comes from a browser; use the page's own control, or curl."
        )


def browser_header(environ: Mapping[str, Any]) -> str | None:
    """A header that only browsers send, if the request carries one."""
    for key in environ:
        if key in BROWSER_HEADERS or key.startswith("HTTP_SEC_"):
            return key[5:].replace("_", "-").title()
    return None


def _remembered(known: MutableMapping[str, bool], key: str, judge: Callable[[str], bool]) -> bool:
    answer = known.get(key)
    if answer is None:
        if len(known) >= KEPT_ANSWERS:
            known.clear()
        answer = known[key] = judge(key)
    return answer


def _host_and_port(host: str) -> tuple[str | None, int | None]:
    """Name (lower case, without brackets and final dot) and port of a `Host`; a name of None where it is none."""
    if any(character in host for character in "@/\\?#, \t"):
        return None, None
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None, None
    return (name.removesuffix(".") or None if name else None), port


def _origin(origin: str) -> tuple[str, int, int] | None:
    """Name, port and the scheme's usual port of an `Origin`, None for "null" and whatever else is no web origin."""
    scheme, separator, host = origin.partition("://")
    usual = DEFAULT_PORTS.get(scheme.lower())
    name, port = _host_and_port(host)
    if not separator or usual is None or name is None:
        return None
    return name, port or usual, usual


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text is, without its zone; an IPv4 address written as IPv6 is the IPv4 address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
