"""create customers

Revision ID: 5b0c1f7d2a11
Revises: 
Create Date: 2025-02-03 09:12:44.120511

"""
import sqlalchemy as sa
from alembic import op

revision = '5b0c1f7d2a11'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.UniqueConstraint("email", name="customers_email_key"),
    )


def downgrade():
    op.drop_table("customers")
