"""Unified social credit codes (GB 32100-2015) that check, yet can belong to nobody."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGION = "999999"
"""No place has this code, so that the code is seen to be invented."""
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
KIND_PREFIX = {"firm": "91", "institution": "12", "non_profit": "52"}


def credit_code(number: int, *, kind: str) -> str:
    """Return the invented code of the number-th holder; YB stands for 样本."""
    body = KIND_PREFIX[kind] + REGION + _organisation_code(f"YB{number:06d}")
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the eighteenth character of seventeen (GB 32100-2015, weights 3^i mod 31)."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return ALPHABET[-total % 31]


def _organisation_code(body: str) -> str:
    """Return eight characters and their check character (GB 11714-1997)."""
    total = sum(int(c, 36) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[(11 - total % 11) % 11 if total % 11 != 1 else 10]
