"""ROWS: what each tutorial computes, by number, and where it slips, by letter

Each row has a test ``test_<tutorial>_<row>_<what>`` in the file of its tutorial, on both backends that purenn
brings. A test fails when a row is missing.
"""

from __future__ import annotations

ROWS = {
    "000": [*"12345678", *"abcde"],
    "001": [*"12345", *"abcdef"],
    "002": [*"123", *"abcde"],
    "003": [*"abcdefghijklmnopqrstu"],
    "004": [*"12345678", *"abcdef"],
}
