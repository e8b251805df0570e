"""Made-up people's numbers that pass the check (GB 11643)."""

from stdnum.cn import uscc

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, birth: str = "19520415") -> str:
    """Return a valid ID number of Lixia district; `serial` is its three-digit order number."""
    seventeen = f"370102{birth}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


def credit_code(number: int, form: str = "52") -> str:
    """Return a valid unified social credit code; `form` are its first two letters (52 is a service organisation)."""
    body = f"{form}370102MJE{number:06d}"
    return f"{body}{uscc.calc_check_digit(body)}"
