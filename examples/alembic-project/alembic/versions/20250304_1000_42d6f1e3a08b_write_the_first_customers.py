"""write the customers that were there before the shop

Revision ID: 42d6f1e3a08b
Revises: e80b5c9a7f23
Create Date: 2025-03-04 10:00:09.660341

"""
import sqlalchemy as sa
from alembic import op

customers = sa.table("customers", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("email", sa.String))

revision = '42d6f1e3a08b'
down_revision = 'e80b5c9a7f23'
branch_labels = None
depends_on = None


def upgrade():
    op.bulk_insert(
        customers,
        [
            {"id": 1, "name": "O'Neill & Söhne", "email": "oneill@example.org"},
            {"id": 2, "name": "100% Tee", "email": "tee@example.org"},
        ],
    )
    bind = op.get_bind()
    bind.execute(
        sa.text("UPDATE customers SET name = :name WHERE email = :email"),
        {"name": "100 % Tee; and more", "email": "tee@example.org"},
    )


def downgrade():
    op.execute("DELETE FROM customers WHERE id IN (1, 2)")
