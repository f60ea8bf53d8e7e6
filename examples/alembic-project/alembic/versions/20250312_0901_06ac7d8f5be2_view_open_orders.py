"""show the open orders in a view

Revision ID: 06ac7d8f5be2
Revises: b95e02c7d41f
Create Date: 2025-03-12 09:01:17.333090

"""
import sqlalchemy as sa
from alembic import op

revision = '06ac7d8f5be2'
down_revision = 'b95e02c7d41f'
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        CREATE VIEW open_orders AS
        SELECT orders.id, customers.name
        FROM orders JOIN customers ON customers.id = orders.customer_id
        WHERE orders.status = 'open'
        """
    )


def downgrade():
    op.execute("DROP VIEW open_orders")
