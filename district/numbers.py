"""Short codes that people read out, such as BK-7Q3H8W."""

import secrets

# Crockford's base 32: no I, L, O, U, so that nothing is misread on the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6


def short_code(prefix: str) -> str:
    """A random code of 30 bits; a unique constraint catches the rare repeat.

    Drawn instead of counted where many are made at once: a counter would queue their writers.
    """
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
