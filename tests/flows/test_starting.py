import sqlite3
from contextlib import closing

import pytest

from flows.starting import desk_to_start
from operations.settings import Settings, open_desk


def test_process_on_a_database_of_an_older_version_ends_with_a_sentence(settings):
    open_desk(Settings()).store.close()
    with closing(sqlite3.connect(settings.database_file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
    with pytest.raises(SystemExit, match="linxuan migrate"):
        desk_to_start(Settings())
