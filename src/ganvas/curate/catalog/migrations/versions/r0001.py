"""The tables of the first catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_address")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=8), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("phash", sa.BigInteger(), nullable=False),
        sa.Column("mirror", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("result_round", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("sha256", name=op.f("uq_image_sha256")),
    )
    op.create_index(op.f("ix_image_result"), "image", ["result"], unique=False)

    op.create_table(
        "round",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("overlap", sa.Double(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_round")),
    )
    op.create_table(
        "search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("keyword", sa.String(length=500), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
    )
    op.create_index("ix_search_engine_keyword", "search", ["engine", "keyword"], unique=False)

    op.create_table(
        "check",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_check_image_id_image")),
        sa.PrimaryKeyConstraint("image_id", "name", name=op.f("pk_check")),
    )
    op.create_table(
        "origin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("keyword", sa.String(length=500), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_origin_image_id_image")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin")),
        sa.UniqueConstraint("image_id", "key", name=op.f("uq_origin_image_id_key")),
    )
    op.create_index("ix_origin_keyword_image_id", "origin", ["keyword", "image_id"], unique=False)

    op.create_table(
        "place",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("deal", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("pile", sa.Integer(), nullable=False),
        sa.Column("keeps", sa.Integer(), nullable=False),
        sa.Column("drops", sa.Integer(), nullable=False),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_place_image_id_image")),
        sa.ForeignKeyConstraint(["round"], ["round.number"], name=op.f("fk_place_round_round")),
        sa.PrimaryKeyConstraint("round", "image_id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_image_id"), "place", ["image_id"], unique=False)
    op.create_index("ix_place_queue", "place", ["round", "pile", "score", "image_id", "deal"], unique=False)

    op.create_table(
        "seat",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reached_score", sa.Double(), nullable=False),
        sa.Column("reached_image", sa.Integer(), nullable=False),
        sa.Column("joined", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.number"], name=op.f("fk_seat_round_round")),
        sa.PrimaryKeyConstraint("round", "reviewer", name=op.f("pk_seat")),
        sa.UniqueConstraint("round", "number", name=op.f("uq_seat_round_number")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("said", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_verdict_image_id_image")),
        sa.ForeignKeyConstraint(["round"], ["round.number"], name=op.f("fk_verdict_round_round")),
        sa.ForeignKeyConstraint(["undoes"], ["verdict.id"], name=op.f("fk_verdict_undoes_verdict")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("round", "reviewer", "client_id", name=op.f("uq_verdict_round_reviewer_client_id")),
    )
    op.create_index("ix_verdict_image_id_round", "verdict", ["image_id", "round"], unique=False)
    op.create_index("ix_verdict_round_reviewer_id", "verdict", ["round", "reviewer", "id"], unique=False)
    op.create_index(op.f("ix_verdict_undoes"), "verdict", ["undoes"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_ballot_image_id_image")),
        sa.ForeignKeyConstraint(["round"], ["round.number"], name=op.f("fk_ballot_round_round")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name=op.f("fk_ballot_verdict_id_verdict")),
        sa.PrimaryKeyConstraint("round", "image_id", "reviewer", name=op.f("pk_ballot")),
    )
    op.create_index(op.f("ix_ballot_image_id"), "ballot", ["image_id"], unique=False)
    op.create_index("ix_ballot_counts", "ballot", ["round", "reviewer", "verdict", "shared"], unique=False)


def downgrade() -> None:
    for table in ("ballot", "verdict", "seat", "place", "origin", "check", "search", "round", "image", "address"):
        op.drop_table(table)
