"""The cookie by which a browser shows its session: named by this instance, since cookies do not know ports.

Pure. A browser sends a `__Host-` cookie to the host alone that set it, over TLS alone; `__Secure-` is for a console
below a path of its own, for which alone it then is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from main_controller.accounts.session import LONGEST, STOPS_FOR

MARK = "apis-mc-"


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of the instance of this name; None while nobody can read it, and then any instance's is taken."""

    instance: str | None

    def name(self, *, secure: bool, path: str) -> str:
        """What it is called behind TLS or not, below this path ("/" for none of its own)."""
        prefix = "" if not secure else "__Host-" if path == "/" else "__Secure-"
        return f"{prefix}{MARK}{self.instance or 'console'}"

    def set(self, session_id: str, *, secure: bool, path: str) -> str:
        """The value of `Set-Cookie` that gives a browser its session: scripts of a page never see it.

        A browser keeps it as long as it is good for anything, also while it is closed: it may have to stop by it.
        """
        name, lasts = self.name(secure=secure, path=path), int((LONGEST + STOPS_FOR).total_seconds())
        end = "; Secure" if secure else ""
        return f"{name}={session_id}; Max-Age={lasts}; Path={path}; HttpOnly; SameSite=Lax{end}"

    def found(self, header: str, *, secure: bool) -> Iterator[str]:
        """The ids that a request's `Cookie` shows for this instance; behind TLS none that was set without it.

        All of them, each once: whatever else on this host sets cookies, also of this name, must not hide the one by
        which a browser stops. The head's greatest length (16 KiB) bounds how many there are.
        """
        prefixes = ("__Host-", "__Secure-") if secure else ("",)
        wanted = tuple(f"{prefix}{MARK}{self.instance or ''}" for prefix in prefixes)
        seen: set[str] = set()
        for part in header.split(";"):
            name, equals, value = part.strip().partition("=")
            if not equals or not (name.startswith(wanted) if self.instance is None else name in wanted):
                continue
            session_id = value.strip()
            if session_id not in seen:
                seen.add(session_id)
                yield session_id
