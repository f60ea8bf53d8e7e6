"""index orders by customer, without stopping the shop

Revision ID: 17fa92d4be38
Revises: 9e47a3c05d62
Create Date: 2025-02-18 08:30:11.530906

"""
import sqlalchemy as sa
from alembic import op

revision = '17fa92d4be38'
down_revision = '9e47a3c05d62'
branch_labels = 'speed'
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("orders_customer_idx", "orders", ["customer_id"], postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("orders_customer_idx", table_name="orders", postgresql_concurrently=True)
