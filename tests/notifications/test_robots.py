"""Letters through robots of group chats: over real HTTP to a server of this machine, in the place of their hosts."""

import base64
import hashlib
import hmac
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from notifications import ChannelKind, DeliveryFailed, Links, RobotChannel, robot_of
from tests.http_server import Web, serving

KEY, TOKEN, SECRET = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", "0aa11bb22cc33", "SEC0123456789abcdef"
ROBOTS = {
    "企业微信群": robot_of(f"wecombot://{KEY}"),
    "钉钉群": robot_of(f"dingtalk://{SECRET}@{TOKEN}"),
    "飞书群": robot_of(f"feishu://{KEY}"),
}
OURS = {ChannelKind.WECOM: "企业微信群", ChannelKind.DINGTALK: "钉钉群", ChannelKind.FEISHU: "飞书群"}
#: Where the plugins of Apprise post to, as they have it.
HOSTS = {
    NotifyWeComBot: "https://qyapi.weixin.qq.com",
    NotifyDingTalk: "https://oapi.dingtalk.com",
    NotifyFeishu: "https://open.feishu.cn",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with serving() as web:
        yield web


@pytest.fixture
def web(server, monkeypatch) -> Web:
    """The server of this machine, in the place of the robots' hosts; nothing else of the plugins is another."""
    server.asked, server.answers, server.otherwise = [], [], (200, '{"errcode": 0, "errmsg": "ok"}')
    server.retry_after = None
    for plugin, host in HOSTS.items():
        assert plugin.notify_url.startswith(host)
        monkeypatch.setattr(plugin, "notify_url", plugin.notify_url.replace(host, server.url))
    return server


def sent(letter, kind: ChannelKind, **changes) -> str | None:
    return RobotChannel(ROBOTS, "https://console.example").deliver(
        replace(letter, by=kind, address=OURS[kind], **changes)
    )


def refused(letter, kind: ChannelKind) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        sent(letter, kind)
    return caught.value


def test_urls_are_those_that_apprise_makes_robots_of():
    plugins = dict(zip(ROBOTS, HOSTS, strict=True))
    made = {name: plugin(**plugin.parse_url(ROBOTS[name].url)) for name, plugin in plugins.items()}
    assert {name: one.url_identifier for name, one in made.items()} == {
        "企业微信群": ("wecombot", KEY),
        "钉钉群": ("dingtalk", SECRET, TOKEN),
        "飞书群": ("feishu", KEY),
    }


def test_wecom_is_sent_the_text_under_its_key(web, letter):
    assert sent(letter, ChannelKind.WECOM) == '200 {"errcode": 0, "errmsg": "ok"}'
    (asked,) = web.asked
    assert asked.path == f"/cgi-bin/webhook/send?key={KEY}"
    assert json.loads(asked.body) == {
        "msgtype": "text",
        "text": {"content": f"{letter.subject}\n\n{letter.body.strip()}"},
    }


def test_dingtalk_is_sent_the_text_with_a_signature_that_matches(web, letter):
    sent(letter, ChannelKind.DINGTALK)
    (asked,) = web.asked
    parts = urlsplit(asked.path)
    told = {name: value for name, (value,) in parse_qs(parts.query).items()}
    signed = hmac.new(SECRET.encode(), f"{told['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert (parts.path, told["access_token"]) == ("/robot/send", TOKEN)
    assert told["sign"] == base64.b64encode(signed).decode()
    assert json.loads(asked.body)["text"] == {"content": f"{letter.subject}\n\n{letter.body.strip()}"}


def test_feishu_is_sent_the_text_under_its_token(web, letter):
    web.otherwise = (200, '{"code": 0, "msg": "success", "data": {}}')
    sent(letter, ChannelKind.FEISHU)
    (asked,) = web.asked
    assert asked.path == f"/open-apis/bot/v2/hook/{KEY}/"
    assert json.loads(asked.body) == {
        "msg_type": "text",
        "content": {"text": f"{letter.subject}\n\n{letter.body.strip()}"},
    }


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (ChannelKind.WECOM, (200, '{"errcode": 93000, "errmsg": "invalid webhook url, hint: [%s]"}' % KEY)),  # noqa: UP031 - JSON has braces of its own
        (ChannelKind.DINGTALK, (200, '{"errcode": 310000, "errmsg": "keywords not in content"}')),
        (ChannelKind.FEISHU, (200, '{"code": 9499, "msg": "Bad Request"}')),
        (ChannelKind.WECOM, (200, "<html>a proxy asks you to sign in</html>")),
        (ChannelKind.WECOM, (500, "")),
        (ChannelKind.WECOM, (302, "")),
    ],
)
def test_refusal_is_seen_though_apprise_takes_a_200_for_a_success_and_tells_no_key(web, letter, kind, answer):
    web.answers = [answer]
    failure = refused(letter, kind)
    assert (failure.permanent, failure.unsure) == (False, False)
    assert str(answer[0]) in failure.answer
    assert not any(secret in text for secret in (KEY, TOKEN, SECRET) for text in (*failure.words, failure.answer))
    assert len(web.asked) == 1


@pytest.mark.parametrize("kind", OURS)
def test_robot_says_for_how_long_it_takes_nothing(web, letter, kind):
    web.answers, web.retry_after = [(429, '{"errcode": 45009}')], "120"
    assert refused(letter, kind).wait == timedelta(minutes=2)


def test_robot_that_is_not_reached_has_taken_nothing_and_one_that_hangs_up_may_have(web, letter, monkeypatch):
    web.answers = [None]
    assert refused(letter, ChannelKind.WECOM).unsure
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(NotifyWeComBot, "notify_url", f"http://127.0.0.1:{nobody.getsockname()[1]}/?key={{key}}")
        failure = refused(letter, ChannelKind.WECOM)
    assert (failure.permanent, failure.unsure) == (False, False)
    assert KEY not in str(failure.words) + failure.answer


def test_keys_stand_in_no_log_and_in_no_representation(web, letter, caplog):
    caplog.set_level(logging.DEBUG)
    for kind in OURS:
        sent(letter, kind)
    web.answers = [(500, KEY)]
    refused(letter, ChannelKind.WECOM)
    # urllib3 logs paths at its debug level, which is where the key of WeCom stands; nobody turns that on here.
    told = [one.getMessage() for one in caplog.records if not one.name.startswith("urllib3")]
    assert not any(secret in text for secret in (KEY, TOKEN, SECRET) for text in (*told, repr(ROBOTS)))


@pytest.mark.parametrize(
    "url", ["", "mailto://a:b@c", f"wecombot://{KEY}/?x=1", "json://host/", f"dingtalk://{TOKEN}/13800138000", KEY]
)
def test_what_is_no_url_of_a_robot_is_refused_without_saying_it(url):
    with pytest.raises(ValueError, match="wecombot://KEY") as caught:
        robot_of(url)
    assert not url or url not in str(caught.value)


def test_text_fits_into_a_message_of_wecom_and_keeps_its_links(web, letter):
    links = Links(confirm="https://public.example/letters/received/1/abc")
    sent(letter, ChannelKind.WECOM, body="一二三四五六七八九十\n" * 200, links=links)
    content = json.loads(web.asked[0].body)["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.startswith(f"{letter.subject}\n\n一二三四五六七八九十\n")
    assert "（全文请登录查看） https://console.example" in content
    assert content.endswith(links.confirm)


def test_robot_that_is_not_set_up_or_of_another_kind_takes_nothing(letter):
    for changes in ({"address": "别的群"}, {"address": "飞书群"}, {"address": None}):
        with pytest.raises(DeliveryFailed) as caught:
            RobotChannel(ROBOTS).deliver(replace(letter, by=ChannelKind.WECOM, **changes))
        assert caught.value.permanent
