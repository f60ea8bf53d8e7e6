"""merge billing and speed

Revision ID: e80b5c9a7f23
Revises: c3d8e6b1f094, 17fa92d4be38
Create Date: 2025-02-21 14:20:55.218817

"""
import sqlalchemy as sa
from alembic import op

revision = 'e80b5c9a7f23'
down_revision = ('c3d8e6b1f094', '17fa92d4be38')
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
