import pytest

from notifications.replies import is_for_good


@pytest.mark.parametrize(
    ("code", "answer", "stays"),
    [
        (450, "4.2.1 greylisted", False),
        (421, "5.1.1 no such user", False),
        (550, "5.1.1 no such user", True),
        (550, "5.1.10 null mx", True),
        (550, "5.2.1 mailbox disabled", True),
        (552, "5.2.2 mailbox full", False),
        (550, "5.2.2 over quota", False),
        (552, "5.3.4 message too big", True),
        (554, "5.3.2 not accepting messages", False),
        (550, "5.4.1 recipient address rejected: access denied", True),
        (550, "5.4.4 host is none", True),
        (550, "5.4.5 congested", False),
        (554, "5.5.3 too many recipients", False),
        (550, "5.7.1 refused by policy", True),
        (550, "no such user here", True),
        (552, "storage exceeded", False),
        (554, "DT:SPM", True),
    ],
)
def test_refusal_stays_or_passes_by_its_enhanced_code_else_by_the_plain_one(code, answer, stays):
    assert is_for_good(code, answer) is stays
