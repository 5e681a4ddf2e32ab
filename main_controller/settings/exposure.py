"""Whether whoever reaches this program may order everything, and what is refused because of it.

Used by the start, `--check-config`, the guard's wiring and the status.
"""

from main_controller.errors import SettingError
from main_controller.loopback import on_this_machine
from main_controller.settings.table import Settings


def unguarded(settings: Settings) -> bool:
    """Whether nobody has to log in, and nobody said that this is meant for more than this machine's own callers."""
    return not (settings.accounts or settings.insecure)


def insecure(settings: Settings) -> bool:
    """Whether nobody has to log in, and somebody said that this is meant."""
    return settings.insecure and not settings.accounts


def takes_stops_alone(settings: Settings) -> bool:
    """Whether no order but stops may be taken of anybody: settings say that callers come from elsewhere."""
    return unguarded(settings) and bool(settings.trusted_proxies or settings.allowed_hosts)


def refuse_exposed(settings: Settings) -> None:
    """Raise SettingError where it would listen to other machines and nobody has to log in."""
    if unguarded(settings) and not on_this_machine(settings.b_host):
        raise SettingError(
            "b_host",
            f"{settings.b_host} lets other machines call, and nobody has to log in: whoever reaches it could order "
            "everything. Set accounts to on, or keep 127.0.0.1 behind a reverse proxy (docs/deployment.md); give "
            "--insecure where it is meant so",
        )
