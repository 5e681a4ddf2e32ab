"""A disk that is full: what every test of the database may provoke."""

from main_controller.store.database import Database


def fill_up(database: Database) -> None:
    """From now on the file may not grow by a page, so SQLite answers SQLITE_FULL as on a full disk."""
    with database.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")


def make_room(database: Database) -> None:
    """The disk has room again."""
    with database.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
