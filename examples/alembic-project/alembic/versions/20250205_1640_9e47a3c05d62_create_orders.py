"""create orders, with their status as an enum

Revision ID: 9e47a3c05d62
Revises: 5b0c1f7d2a11
Create Date: 2025-02-05 16:40:02.771203

"""
import sqlalchemy as sa
from alembic import op

revision = '9e47a3c05d62'
down_revision = '5b0c1f7d2a11'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customers.id", name="orders_customer_fk"), nullable=False),
        sa.Column("status", sa.Enum("open", "paid", "sent", name="order_status"), server_default="open", nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False),
    )


def downgrade():
    op.drop_table("orders")
    sa.Enum(name="order_status").drop(op.get_bind(), checkfirst=False)
