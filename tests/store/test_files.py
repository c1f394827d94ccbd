import pytest

from store.files import draft_of, write_whole


def test_written_file_replaces_the_old_one_and_is_its_owner_s(tmp_path):
    (tmp_path / "file").write_text("old")
    write_whole(tmp_path / "file", b"new")
    assert [(one.name, one.read_bytes(), one.stat().st_mode & 0o777) for one in tmp_path.iterdir()] == [
        ("file", b"new", 0o600)
    ]


def test_draft_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "file").write_text("old")

    def fail() -> None:
        with draft_of(tmp_path / "file") as draft:
            draft.write_text("half")
            (tmp_path / f"{draft.name}-wal").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("file", "old")]


def test_file_that_cannot_be_written_is_named_and_not_what_would_be_beside_it(tmp_path):
    with pytest.raises(FileNotFoundError) as refused:
        write_whole(tmp_path / "nowhere" / "file", b"new")
    assert refused.value.filename == str(tmp_path / "nowhere" / "file")
