"""Which certificates are believed of apis-web and the devices, and what a refused one is called (setting `cafile`).

Used by the connections and by whoever words a fault.
"""

import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.sentence import Sentence, foreign, say

EXPIRED = 10
NOT_YET = 9
OTHER_NAME = 62
OTHER_ADDRESS = 64
NOT_ISSUED_BY_US = (2, 18, 19, 20, 21)
"""OpenSSL's codes of what is wrong with a certificate (X509_V_ERR_*)."""

SAID: Mapping[int, Sentence] = {
    EXPIRED: say("upstream.certificateExpired", "its certificate has expired"),
    NOT_YET: say("upstream.certificateEarly", "its certificate is not valid yet, by this machine's clock"),
    OTHER_NAME: say("upstream.certificateOfAnother", "its certificate is for another host name"),
    OTHER_ADDRESS: say("upstream.certificateOfElsewhere", "its certificate is not for this address"),
    **dict.fromkeys(
        NOT_ISSUED_BY_US,
        say(
            "upstream.certificateOfNobody",
            "its certificate is of no authority that is trusted here (setting cafile)",
        ),
    ),
}


@cache
def trust(cafile: Path | None = None) -> ssl.SSLContext:
    """What believes the system's authorities, or those of `cafile` alone; raises SettingError where it is none.

    Read once: reading the system's takes some 20 ms.
    """
    try:
        return ssl.create_default_context(cafile=None if cafile is None else str(cafile))
    except OSError as fault:
        why = "it holds no certificate" if isinstance(fault, ssl.SSLError) else fault.strerror
        raise SettingError("cafile", f"{cafile} cannot be used: {why}") from None


def words_of(fault: ssl.SSLError) -> Sentence:
    """Why no connection with TLS came about."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        known = SAID.get(fault.verify_code)
        why = foreign(str(fault.verify_message))
        return known or say("upstream.certificateRefused", "its certificate is refused: {why}", why=why)
    return say("upstream.noTls", "it speaks no TLS that is accepted here")
