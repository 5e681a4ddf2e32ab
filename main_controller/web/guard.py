"""Owns who may call what: networks, host names, cross-site browser requests, permissions, read-only (Z3, X1).

Used by the application: `admit` sees every request before it is routed, the Bottle plugin every route.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

import bottle

from main_controller.domain.orders import Permission
from main_controller.errors import Forbidden, Unauthorized
from main_controller.sentence import Sentence, say
from main_controller.server.lanes import Lane
from main_controller.web.caller import address_in, caller_of
from main_controller.web.parameters import Parameters, form_in
from main_controller.web.replies import error_reply, redirect, shown, wrong_method
from main_controller.web.route import Route
from main_controller.web.stopping import lane_of
from main_controller.web.visitors import Visitors

KEPT_ANSWERS = 256
DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
BROWSER_HEADERS: tuple[str, ...] = (
    *("HTTP_ORIGIN", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_UPGRADE_INSECURE_REQUESTS", "HTTP_DNT"),
    *("HTTP_PURPOSE", "HTTP_X_MOZ", "HTTP_PING_TO", "HTTP_PING_FROM"),
    *("HTTP_ACCESS_CONTROL_REQUEST_METHOD", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS"),
)
"""Headers that only browsers send, besides any `Sec-*` (Z3)."""

HOST = re.compile(
    r"(?P<name>[0-9A-Za-z_.-]+|\[(?P<address>[0-9A-Fa-f:.]+)(?P<zone>%(25)?[0-9A-Za-z]{1,15})?\])(:(?P<port>[0-9]{0,5}))?"
)
"""A whole `Host`: a name or an address, and perhaps a port; a zone only where an address needs one."""

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?P<host>[^/?#]*)")
"""A request's target that names the host itself, which then stands before `Host` (RFC 9112, 3.2.2)."""


class Guard:
    """Refuses callers and requests that may not be (401, 403), commands by other methods (405).

    `own_names` are this machine's names; `allowed_hosts` further ones, each `name` or `name:port`; an entry without a
    port stands in an `Origin` for the scheme's usual port. `allowed_networks` are networks like "192.168.0.0/24", None
    for every caller that reaches us. `visitors` tell who a request is by, and what that caller may. With `read_only`
    only routes that stop something act, and by GET too where it is not for `get_orders`. `unguarded` is where nobody
    has to log in, and nobody said that this is meant: what a proxy handed on orders nothing but stops then, and with
    `stops_alone` nobody does.
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
        get_orders: bool = True,
        visitors: Visitors | None = None,
        unguarded: bool = False,
        stops_alone: bool = False,
    ) -> None:
        own = {name.lower().rstrip(".") for name in own_names}
        self._allowed = frozenset(_host_and_port(host) for host in allowed_hosts)
        names = {name for name, _ in self._allowed if name is not None}
        self._names = frozenset({"localhost", *own, *(f"{name}.local" for name in own if "." not in name), *names})
        self._networks = (
            None if allowed_networks is None else [ipaddress.ip_network(net, strict=False) for net in allowed_networks]
        )
        self._read_only = read_only
        self._get_orders = get_orders
        self._visitors = visitors or Visitors()
        self._unguarded = unguarded
        self._stops_alone = stops_alone
        self._known_hosts: MutableMapping[str, bool] = {}
        self._known_callers: MutableMapping[str, bool] = {}

    def admit(self, environ: Mapping[str, Any]) -> None:
        """Let the request pass if its caller and its `Host` may; Forbidden otherwise.

        A request without `Host` (HTTP/1.0) passes: browsers always send one.
        """
        if self._networks is not None:
            caller = caller_of(environ).address
            if not _remembered(self._known_callers, caller, self._is_allowed_caller):
                sentence = say(
                    "web.callerNotAllowed", "The address {address} is not in the setting allowed_networks.",
                    address=shown(caller),
                )  # fmt: skip
                raise Forbidden(sentence)
        target = ABSOLUTE.match(environ.get("REQUEST_URI", ""))
        for host in (environ.get("HTTP_HOST"), target and target["host"]):
            if host is not None and not _remembered(self._known_hosts, host, self._is_our_name):
                sentence = say(
                    "web.foreignHost",
                    "The Host {host} is no name of this machine; add it to the setting allowed_hosts if it is one.",
                    host=shown(host),
                )
                raise Forbidden(sentence)

    def permit_polled(self, environ: MutableMapping[str, Any]) -> None:
        """Let a page's own reading pass if its caller may see; raises Unauthorized, Forbidden."""
        self._visitors.require(environ, Permission.VIEW, stops=False)

    def setup(self, app: bottle.Bottle) -> None:
        """Nothing to prepare; called by Bottle on installation."""

    def apply(self, callback: Callable[..., Any], route: bottle.Route) -> Callable[..., Any]:
        """Guard one route (Z3); called by Bottle."""
        declared: Route = route.config["declared"]
        if declared.order:
            return self._guarded_order(callback, declared)

        def guarded(**arguments: Any) -> Any:
            environ = bottle.request.environ
            if declared.changes:
                self.refuse_foreign_page(environ)
            try:
                self._visitors.require(environ, declared.permission, stops=False, by_hand=not declared.polled)
            except Unauthorized:
                if declared.reply.media_type == "text/html" and "text/html" in environ.get("HTTP_ACCEPT", ""):
                    return _to_log_in(environ)
                raise
            return callback(**arguments)

        return guarded

    def _guarded_order(self, callback: Callable[..., Any], declared: Route) -> Callable[..., Any]:
        def guarded(**arguments: Any) -> Any:
            environ = bottle.request.environ
            method = environ["REQUEST_METHOD"]
            if method not in ("GET", "POST"):
                return error_reply(wrong_method(["GET", "POST"]))
            if method == "GET":
                refuse_browser(environ)
            else:
                self.refuse_foreign_page(environ)

            def asked(name: str) -> str | None:
                return arguments[name] if name in arguments else Parameters.of(bottle.request).get(name)

            stops = declared.is_stop(asked)
            self._visitors.require(environ, declared.permission, stops=stops, by_hand=True, by_link=method == "GET")
            if method == "GET" and not self._get_orders and not stops:
                raise Forbidden(say("web.noGetOrders", "Orders by GET are switched off (setting get_orders); POST it."))
            if self._read_only and not (declared.passes_read_only and stops):
                sentence = say(
                    "web.readOnly",
                    "This Main Controller is read-only: of all orders it takes Stop all, the E-stop, Wait and the end "
                    "of a guided sharing alone.",
                )
                raise Forbidden(sentence)
            if not stops:
                self._refuse_unguarded(environ)
            return callback(**arguments)

        return guarded

    def _refuse_unguarded(self, environ: Mapping[str, Any]) -> None:
        """Refuse an order that may come from anybody, where nobody has to log in."""
        if self._stops_alone:
            sentence = say(
                "web.stopsAlone",
                "Nobody has to log in here, and trusted_proxies or allowed_hosts lets others call: only what stops "
                "something can be ordered. The setting insecure takes other orders too.",
            )
            raise Forbidden(sentence)
        if self._unguarded and caller_of(environ).forwarded:
            sentence = say(
                "web.forwardedOrder",
                "A proxy handed this order on, and nobody has to log in here: only what stops something can be ordered "
                "through it. The setting insecure takes other orders too.",
            )
            raise Forbidden(sentence)

    def refuse_foreign_page(self, environ: MutableMapping[str, Any]) -> None:
        """Refuse a browser's POST unless our own page sent it: its `Origin` is its `Host` or allowed (Z3).

        A page called by https sends no `Origin` of http: such a one is of whoever stands in the wire.

        Without `Origin` what stops something passes all the same: scripts of Node and Deno send a browser's other
        headers, and browsers send `Origin` with each POST.
        """
        if browser_header(environ) is None:
            return
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            if _stops(environ):
                return
            sentence = say(
                "web.originMissing", "A browser's order needs an Origin header; a script may {remedy}.",
                remedy=_remedy(environ),
            )  # fmt: skip
            raise Forbidden(sentence)
        parts = _origin(origin)
        clear = caller_of(environ).scheme == "https" and not origin.lower().startswith("https:")
        if parts is None or clear or not self._is_our_origin(*parts, environ.get("HTTP_HOST", "")):
            sentence = say(
                "web.foreignOrigin",
                "The Origin {origin} is not this controller's own page; a script may {remedy}, and the page's "
                "public name, if it has one, belongs in the setting allowed_hosts.",
                origin=shown(origin), remedy=_remedy(environ),
            )  # fmt: skip
            raise Forbidden(sentence)

    def _is_our_origin(self, name: str, port: int, usual: int, host: str) -> bool:
        ours = {_host_and_port(host), *self._allowed}
        return any(name == our_name and port == (our_port or usual) for our_name, our_port in ours)

    def _is_our_name(self, host: str) -> bool:
        name, _ = _host_and_port(host)
        return name is not None and (name in self._names or address_in(name) is not None)

    def _is_allowed_caller(self, caller: str) -> bool:
        address = address_in(caller)
        return address is not None and any(address in network for network in self._networks or ())


def _to_log_in(environ: Mapping[str, Any]) -> bottle.HTTPResponse:
    """Sends a person who is not logged in to where that is done, and back from there to the page asked for."""
    query = environ.get("QUERY_STRING", "")
    wanted = environ["PATH_INFO"].removeprefix("/") + (f"?{query}" if query else "")
    return redirect(f"login.html?next={quote(wanted, safe='')}" if wanted else "login.html")


def refuse_browser(environ: Mapping[str, Any]) -> None:
    """Refuse a command by GET that any browser may have sent: a link on any page could be it (Z3, T32)."""
    header = browser_header(environ)
    if header is not None:
        sentence = say(
            "web.getByBrowser",
            "A command by GET with the header {header} comes from a browser; use the page's own control, or curl; "
            "a script may POST it and {remedy}.",
            header=header, remedy=_remedy(environ),
        )  # fmt: skip
        raise Forbidden(sentence)


def _remedy(environ: Mapping[str, Any]) -> Sentence:
    """Which header makes a script's POST pass; the Host was found to be ours before."""
    scheme = caller_of(environ).scheme
    host = environ.get("HTTP_HOST") or say("web.hostCalled", "the host and port it calls")
    return say("web.sendOrigin", "send `Origin: {scheme}://{host}`", scheme=scheme, host=host)


def _stops(environ: MutableMapping[str, Any]) -> bool:
    query, form = environ.get("QUERY_STRING", ""), form_in(environ)
    return lane_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, form) is not Lane.ORDINARY


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
    found = HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > 65535:
        return None, None
    name = found["address"] or found["name"].removesuffix(".").lower()
    if found["address"]:
        address = address_in(name) if ":" in name else None
        if address is None or (found["zone"] and not address.is_link_local):
            return None, None
    return name.lower() or None, int(found["port"]) if found["port"] else None


def _origin(origin: str) -> tuple[str, int, int] | None:
    """Name, port and the scheme's usual port of an `Origin`, None for "null" and whatever else is no web origin."""
    scheme, separator, host = origin.partition("://")
    usual = DEFAULT_PORTS.get(scheme.lower())
    name, port = _host_and_port(host)
    if not separator or usual is None or name is None:
        return None
    return name, port or usual, usual
