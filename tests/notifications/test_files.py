from dataclasses import replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI
from notifications import Channel, DeliveryFailed, FileChannel, Letter, MemoryChannel


def read(path: Path) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())


@pytest.fixture
def channel(tmp_path: Path) -> FileChannel:
    return FileChannel(tmp_path / "var" / "outbox")


def test_file_holds_the_letter(channel, letter):
    channel.deliver(letter)
    (path,) = channel.folder.iterdir()
    mail = read(path)
    assert path.name == f"{letter.message_id}.eml"
    assert mail["Subject"] == letter.subject
    assert mail["To"].addresses[0].display_name == letter.recipient
    assert mail["To"].addresses[0].addr_spec == letter.address
    assert mail["Date"].datetime == letter.written_at
    assert mail["Message-ID"] == f"<{letter.message_id}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content() == letter.body


def test_file_can_be_read_in_a_text_editor(channel, letter):
    channel.deliver(letter)
    (path,) = channel.folder.iterdir()
    assert path.read_text("utf-8").partition("\n\n")[2] == letter.body


def test_file_of_a_letter_delivered_twice_is_one(channel, letter):
    channel.deliver(letter)
    channel.deliver(replace(letter, body="再次发送\n"))
    (path,) = channel.folder.iterdir()
    assert read(path).get_content() == "再次发送\n"


def test_file_left_half_written_by_a_crash_is_made_whole(channel, letter):
    channel.folder.mkdir(parents=True)
    (channel.folder / f"{letter.message_id}.part").write_bytes(b"Subject: ")
    channel.deliver(letter)
    assert [path.suffix for path in channel.folder.iterdir()] == [".eml"]


@pytest.mark.parametrize("address", [None, "", "no address", "张三@example.cn"])
def test_file_for_a_recipient_without_a_usable_address_names_it(channel, letter, address):
    channel.deliver(replace(letter, address=address))
    (path,) = channel.folder.iterdir()
    assert [group.display_name for group in read(path)["To"].groups] == [letter.recipient]
    assert read(path)["To"].addresses == ()


def test_file_stays_in_its_folder_whatever_the_id(channel, letter):
    channel.deliver(replace(letter, message_id="../../etc/x@y"))
    assert [path.name for path in channel.folder.iterdir()] == [".etc.x@y.eml"]


def test_folder_that_cannot_be_made_is_worth_another_try(tmp_path, letter):
    (tmp_path / "outbox").write_text("a file stands here")
    with pytest.raises(DeliveryFailed) as caught:
        FileChannel(tmp_path / "outbox").deliver(letter)
    assert caught.value.permanent is False
    assert caught.value.words.zh == f"通知写不进文件夹{tmp_path / 'outbox'}（File exists）；请检查写入权限和磁盘空间"


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
def test_file_can_be_parsed_whatever_the_names(tmp_path_factory, recipient, subject):
    channel = FileChannel(tmp_path_factory.mktemp("outbox"))
    channel.deliver(
        Letter("a@b", recipient, "office@example.cn", subject, "正文\n", datetime(2026, 3, 11, 9, 0, tzinfo=SHANGHAI))
    )
    mail = read(channel.folder / "a@b.eml")
    assert mail["To"].addresses[0].addr_spec == "office@example.cn"
    assert mail.get_content() == "正文\n"


def test_memory_keeps_letters_in_order(letter):
    channel: Channel = MemoryChannel()
    with channel:
        channel.deliver(letter)
        channel.deliver(replace(letter, subject="二"))
    assert [kept.subject for kept in channel.letters] == [letter.subject, "二"]
