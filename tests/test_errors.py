from __future__ import annotations

import purenn as pn
from purenn import errors


def test_every_error_is_one_of_ours_and_one_of_pythons():
    public = [value for name, value in vars(errors).items() if isinstance(value, type)]
    assert len(public) > 5
    for kind in public:
        assert issubclass(kind, errors.PurennError)
        assert kind is errors.PurennError or issubclass(kind, (ValueError, TypeError))
    assert pn.errors is errors
