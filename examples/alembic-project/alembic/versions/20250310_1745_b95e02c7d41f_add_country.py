"""add the country of a customer

Revision ID: b95e02c7d41f
Revises: 42d6f1e3a08b
Create Date: 2025-03-10 17:45:38.902276

"""
import sqlalchemy as sa
from alembic import op

revision = 'b95e02c7d41f'
down_revision = '42d6f1e3a08b'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("country", sa.String(2), server_default="--", nullable=False))
    op.execute("UPDATE customers SET country = 'IE' WHERE name LIKE 'O%Neill%'")


def downgrade():
    op.drop_column("customers", "country")
