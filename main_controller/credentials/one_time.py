"""One-time codes as phones make them (RFC 6238): a secret, its QR code, and whether a code is right and new."""

import hmac
import io
import re
from datetime import datetime

import pyotp
import segno

STEP = 30
"""How long (s) a code is shown."""

WINDOW = 1
"""A code holds this many steps before and after its own, as clocks differ."""

_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_code_secret() -> str:
    """A random secret of 160 bits, in base32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, name: str, issuer: str) -> str:
    """What a phone takes the secret from; `issuer` is this console's name, `name` the account's."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=issuer)


def qr_code(uri: str) -> str:
    """The QR code of a text as an SVG element, black on white."""
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, scale=4, border=4, dark="#000", light="#fff"
    )
    return out.getvalue().decode("utf-8").strip()


def step_of(now: datetime) -> int:
    """The number of the step of this moment."""
    return int(now.timestamp()) // STEP


def right_step(secret: str, code: str, now: datetime, taken: int | None) -> int | None:
    """The step whose code this is, None where it is wrong or not newer than `taken`, the step taken last.

    A step taken that lies in the future is of a clock that was put back since, and keeps nobody out. All codes that
    could be right are compared, in constant time. Blanks in a code are as people type it.
    """
    digits = "".join(code[:32].split())
    if _CODE.fullmatch(digits) is None:
        return None
    codes, here = pyotp.TOTP(secret, interval=STEP), step_of(now)
    steps = range(here - WINDOW, here + WINDOW + 1)
    found = [step for step in steps if hmac.compare_digest(codes.generate_otp(step), digits)]
    after = taken if taken is not None and taken <= here + WINDOW else None
    return next((step for step in found if after is None or step > after), None)
