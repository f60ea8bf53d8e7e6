"""create invoices

Revision ID: c3d8e6b1f094
Revises: 9e47a3c05d62
Create Date: 2025-02-17 11:05:30.004418

"""
import sqlalchemy as sa
from alembic import op

revision = 'c3d8e6b1f094'
down_revision = '9e47a3c05d62'
branch_labels = 'billing'
depends_on = None


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id", name="invoices_order_fk"), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cents >= 0", name="invoices_cents_check"),
    )


def downgrade():
    op.drop_table("invoices")
