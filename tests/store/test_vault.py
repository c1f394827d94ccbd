"""Identifiers at rest: sealed, found again by a keyed hash, under a key that exactly one process makes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from store import Vault, masked
from store.vault import new_secret, read_secrets, vault_of, write_secrets

NUMBER = "51000019680301996X"
VAULT = Vault(bytes(32))
OTHER = Vault(bytes([1]) * 32)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_sealed_identifier_is_unsealed_again(identifier):
    assert VAULT.unseal(VAULT.seal(identifier)) == identifier


def test_sealing_twice_gives_two_sealed_forms_and_neither_shows_the_number():
    one, other = VAULT.seal(NUMBER), VAULT.seal(NUMBER)
    assert one != other
    assert NUMBER.encode() not in one + other


def changed(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


NOT_SEALED_HERE = {"by another key": OTHER.seal, "changed since": lambda number: changed(VAULT.seal(number))}


@pytest.mark.parametrize("seal", NOT_SEALED_HERE.values(), ids=NOT_SEALED_HERE)
def test_unsealing_what_this_vault_did_not_seal_is_refused(seal):
    with pytest.raises(InvalidTag):
        VAULT.unseal(seal(NUMBER))


def test_fingerprint_is_the_same_however_the_number_is_written():
    written = (NUMBER, NUMBER.lower(), f"  {NUMBER}\n")
    assert {VAULT.fingerprint(number) for number in written} == {Vault(bytes(32)).fingerprint(NUMBER)}


def test_fingerprint_needs_the_key():
    assert VAULT.fingerprint(NUMBER) != OTHER.fingerprint(NUMBER)


def test_secret_of_another_length_is_refused():
    with pytest.raises(ValueError, match="needs 32 bytes, not 31"):
        Vault(bytes(31))


@pytest.mark.parametrize(
    ("identifier", "shown"), [(NUMBER, "510*************6X"), ("ABCDEF", "ABC*EF"), ("ABCDE", "*****"), ("", "*****")]
)
def test_masked_shows_the_ends_only(identifier, shown):
    assert masked(identifier) == shown


def vault_in(file, name=None):
    return vault_of(read_secrets(file), name)


def test_vault_is_found_among_many_secrets_by_its_name(tmp_path):
    file = tmp_path / "linxuan.key"
    secrets = [new_secret() for _ in range(3)]
    write_secrets(file, secrets)
    vaults = [Vault(bytes.fromhex(secret)) for secret in secrets]
    assert [vault_in(file, vault.name).name for vault in vaults] == [vault.name for vault in vaults]
    # Whoever asks for none, or for one that is not there, is given the newest.
    assert [vault_in(file, name).name for name in (None, OTHER.name)] == [vaults[0].name] * 2
    assert (file.stat().st_mode & 0o777, len(list(tmp_path.iterdir()))) == (0o600, 1)


@pytest.mark.parametrize("content", ["", "zz", "00"])
def test_file_that_holds_no_secret_is_refused(tmp_path, content):
    file = tmp_path / "linxuan.key"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"secret|hexadecimal"):
        vault_in(file)


def test_key_file_is_made_for_its_owner_only_and_used_again(tmp_path):
    file = tmp_path / "deep" / "linxuan.key"
    sealed = vault_in(file).seal(NUMBER)
    assert vault_in(file).unseal(sealed) == NUMBER
    assert (file.stat().st_mode & 0o777, [one.name for one in file.parent.iterdir()]) == (0o600, ["linxuan.key"])


def test_threads_that_make_the_key_at_once_agree_on_one(tmp_path):
    for attempt in range(20):
        together = Barrier(4)
        file = tmp_path / str(attempt) / "linxuan.key"

        def fingerprint(_: int, together: Barrier = together, file=file) -> str:
            together.wait()
            return vault_in(file).fingerprint(NUMBER)

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(fingerprint, range(4)))) == 1


def test_processes_that_make_the_key_at_once_agree_on_one(tmp_path):
    code = (
        "import sys; from pathlib import Path; from store.vault import read_secrets, vault_of\n"
        "print(flush=True); sys.stdin.readline()\n"
        "for attempt in range(50): print(vault_of(read_secrets(Path(sys.argv[1]) / str(attempt)), None).name)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in started:
        process.stdout.readline()
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    one, other = (process.communicate(timeout=30)[0].split() for process in started)
    assert (len(one), one) == (50, other)
