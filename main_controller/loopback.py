"""Whether only this machine reaches what listens at an address. Used by the settings and the self-check."""

import ipaddress


def on_this_machine(host: str) -> bool:
    """Whether only this machine reaches what listens at this name or address."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
