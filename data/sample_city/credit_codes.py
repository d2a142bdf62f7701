"""Unified social credit codes (GB 32100-2015) that are well formed and visibly nobody's."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of the standard: no I, O, S, V, Z."""
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_CHECKS = "0123456789X"


def credit_code(number: int) -> str:
    """Return the code of the n-th sample firm: division 000000, which is none, and body MA00…n."""
    body = f"MA{number:06d}"
    total = sum(
        _BODY_DIGITS.index(sign) * weight for sign, weight in zip(body, _BODY_WEIGHTS, strict=True)
    )
    code = f"91000000{body}{_BODY_CHECKS[-total % 11]}"
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code))
    return code + ALPHABET[-total % 31]
