"""The file of channels: what is in it is used, what is wrong with it is said, and its secrets are told to nobody."""

from dataclasses import replace

import pytest

from notifications.channels import DeliveryFailed
from notifications.kinds import ChannelKind
from notifications.letters import Letter
from operations.alerting import alert
from operations.channels import beside, open_channel
from operations.results import UnknownError
from operations.settings import Settings
from tests.http_server import serving
from tests.operations.test_remind import MORNING

KEY, TOKEN = "693a91f6-4bc4-97a0", "t0ken-of-the-gateway"
LETTER = Letter("1@linxuan.local", "长江厂", "群", "主题", "正文", MORNING, by=ChannelKind.WECOM)


def settings(tmp_path, text: str, mode: int = 0o600) -> Settings:
    file = tmp_path / "channels.toml"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return Settings(data=tmp_path, _env_file=None)


def test_without_a_file_there_is_mail_alone(tmp_path):
    found = Settings(data=tmp_path)
    assert beside(found).robots == {}
    with open_channel(found) as channel:
        assert channel.deliver(replace(LETTER, by=ChannelKind.MAIL, address="a@example.cn")) is None
        for kind in (ChannelKind.WECOM, ChannelKind.SMS):
            with pytest.raises(DeliveryFailed) as caught:
                channel.deliver(replace(LETTER, by=kind))
            assert caught.value.permanent
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


def test_letters_go_by_the_channel_of_their_address(tmp_path):
    with serving() as web:
        found = settings(
            tmp_path, f'[robots]\n"群" = "wecombot://{KEY}"\n[sms]\nurl = "{web.url}"\ntoken = "{TOKEN}"\n'
        )
        assert (beside(found).reaches(ChannelKind.WECOM, "群"), beside(found).reaches(ChannelKind.FEISHU, "群")) == (
            True,
            False,
        )
        with open_channel(found) as channel:
            assert channel.deliver(replace(LETTER, by=ChannelKind.SMS, address="+8613800138000")) == "200 {}"
        assert alert(open_channel(found), ("sms:+8613900139000", "a@example.cn"), "题", "文", MORNING, matter="m") == 2
        assert [b"+8613800138000" in one.body for one in web.asked] == [True, False]
        assert all(one.headers["authorization"] == f"Bearer {TOKEN}" for one in web.asked)
    assert not any(secret in repr(beside(found)) for secret in (KEY, TOKEN))


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (f'[robots]\n"群" = "wecombot://{KEY}"\n', 0o644, "chmod 600"),
        (f'[robots]\n"群" = "{KEY}"\n', 0o600, "wecombot://KEY"),
        (f'[sms]\nurl = "http://sms.example"\ntoken = "{TOKEN}"\n', 0o600, "https"),
        (f'[sms]\ntoken = "{TOKEN}"\n', 0o600, "[sms] url, token"),
        (f'[sms]\nurl = "https://sms.example"\ntoken = "{TOKEN}"\nextra = 1\n', 0o600, "[sms] url, token"),
        (f'[sms\ntoken = "{TOKEN}"\n', 0o600, "line 1"),
        ("robots = 1\n", 0o600, "[robots], [sms]"),
        ("[mail]\n", 0o600, "[mail]"),
    ],
)
def test_what_is_wrong_is_said_without_its_secrets(tmp_path, text, mode, said):
    with pytest.raises(UnknownError) as caught:
        beside(settings(tmp_path, text, mode))
    assert all(said in words for words in caught.value.words)
    assert not any(secret in str(caught.value.words) for secret in (KEY, TOKEN))
