"""Files by what they hold: each once, whole or not at all, never changed."""

import io
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import Contents, Kept
from store.types import UnfitError

LARGE = 10 * 1024 * 1024


@pytest.fixture
def contents(tmp_path) -> Contents:
    return Contents(tmp_path / "files")


def keep(contents: Contents, content: bytes, at_most: int = LARGE) -> Kept:
    return contents.keep(io.BytesIO(content), at_most=at_most)


def kept(contents: Contents) -> list[str]:
    return sorted(str(one.relative_to(contents.folder)) for one in contents.folder.rglob("*") if one.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100))
def test_file_is_kept_under_its_digest_and_comes_back_as_it_was(contents, tmp_path, content):
    digest = sha256(content).hexdigest()
    assert keep(contents, content) == Kept(digest, len(content))
    assert contents.is_whole(digest)
    contents.copy_out(digest, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == content


def test_same_file_is_kept_once(contents):
    first, second = keep(contents, b"1"), keep(contents, b"1")
    assert first == second
    assert kept(contents) == [f"{first.digest[:2]}/{first.digest}"]


def test_kept_file_is_its_owners_alone_and_cannot_be_run_or_written(contents):
    place = contents.path(keep(contents, b"#!/bin/sh\n").digest)
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    assert stat.S_IMODE(contents.folder.stat().st_mode) == 0o700


def test_file_that_is_too_large_leaves_nothing(contents):
    with pytest.raises(UnfitError) as refused:
        keep(contents, bytes(3 * 1024 * 1024 + 1), at_most=3 * 1024 * 1024)
    assert refused.value.words.zh == "文件超过 3 MB，请压缩后再交"
    assert kept(contents) == []


def test_several_that_keep_the_same_file_at_once_all_succeed(contents):
    content = bytes(1024 * 1024)
    with ThreadPoolExecutor(8) as pool:
        done = set(pool.map(lambda _: keep(contents, content), range(16)))
    assert done == {Kept(sha256(content).hexdigest(), len(content))}
    assert len(kept(contents)) == 1


def test_damaged_or_missing_file_is_not_whole(contents):
    digest = keep(contents, b"1").digest
    contents.path(digest).chmod(0o600)
    contents.path(digest).write_bytes(b"2")
    assert not contents.is_whole(digest)
    contents.path(digest).unlink()
    assert not contents.is_whole(digest)
