"""Security officers, whom people are to manage where they and administrators are kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

_KNOWN, _SOMEWHERE = "ck_person_role_role_is_known", "ck_person_role_works_somewhere"
_BEFORE = "'administrator', 'operator', 'screening', 'expert', 'supervisor', 'nominee'"


def upgrade() -> None:
    _check(f"{_BEFORE}, 'security'", "'administrator', 'supervisor', 'security'")


def downgrade() -> None:
    # An earlier version knows no such role, and lets nobody in by it.
    role = sa.table("person_role", sa.column("role"))
    op.execute(sa.delete(role).where(role.c.role == "security"))
    _check(_BEFORE, "'administrator', 'supervisor'")


def _check(known: str, anywhere: str) -> None:
    with op.batch_alter_table("person_role") as batch_op:
        batch_op.drop_constraint(op.f(_KNOWN), type_="check")
        batch_op.drop_constraint(op.f(_SOMEWHERE), type_="check")
        batch_op.create_check_constraint(op.f(_KNOWN), f"role IN ({known})")
        batch_op.create_check_constraint(op.f(_SOMEWHERE), f"role IN ({anywhere}) OR organization IS NOT NULL")
