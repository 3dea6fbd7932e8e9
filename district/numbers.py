"""Short codes that people read out, such as BK-7Q3H8W."""

import secrets

# Crockford's base 32: no I, L, O, U, so that nothing is misread on the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
DOOR_LENGTH = 12


def short_code(prefix: str) -> str:
    """A random code of 30 bits; a unique constraint catches the rare repeat.

    Drawn instead of counted where many are made at once: a counter would queue their writers.
    """
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def door_code() -> str:
    """60 bits that nobody guesses, short enough for a QR code that is read from a step away."""
    return "".join(secrets.choice(ALPHABET) for _ in range(DOOR_LENGTH))
