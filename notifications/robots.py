"""Letters into group chats of WeCom, DingTalk and Feishu, through their robots; Apprise knows how each is spoken to.

A robot's URL is Apprise's, and holds its key, so it is shown nowhere: not in an error, nor in the log of a library.
Robots take no id of a message and give none back. What was sent when a connection broke may have come: it is sent
again, and may stand in the chat twice.
"""

import json
import logging
import re
from dataclasses import dataclass, field
from importlib import import_module
from threading import local
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from notifications.channels import Channel, DeliveryFailed
from notifications.kinds import ChannelKind, shown_answer
from notifications.letters import Letter
from notifications.replies import asked_wait
from programs import Words

#: The robots that there are, by the scheme of their URL: of which kind, and what such a URL looks like.
_FORMS: Final = {
    "wecombot": (ChannelKind.WECOM, re.compile(r"wecombot://[A-Za-z0-9_-]+/?")),
    "dingtalk": (ChannelKind.DINGTALK, re.compile(r"dingtalk://([A-Za-z0-9]+@)?[A-Za-z0-9]+/?")),
    "feishu": (ChannelKind.FEISHU, re.compile(r"feishu://[A-Za-z0-9_-]+/?")),
}
#: The plugins of Apprise that speak to them: module and class. To look a plugin up by its URL loads all that there are.
_PLUGINS: Final = {
    ChannelKind.WECOM: ("apprise.plugins.wecombot", "NotifyWeComBot"),
    ChannelKind.DINGTALK: ("apprise.plugins.dingtalk", "NotifyDingTalk"),
    ChannelKind.FEISHU: ("apprise.plugins.feishu", "NotifyFeishu"),
}
#: So many bytes of UTF-8 fit into one message.
_ROOM: Final = {ChannelKind.WECOM: 2048, ChannelKind.DINGTALK: 15000, ChannelKind.FEISHU: 18000}

#: Seconds that a robot may take to be reached, and to answer.
_PATIENCE: Final = "cto=10&rto=20"


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of a group chat. Its URL is a secret."""

    kind: ChannelKind
    url: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What of its URL nobody else may read."""
        return tuple(part for part in re.split(r"[:/@]+", self.url)[1:] if part)


def robot_of(url: str) -> Robot:
    """Read a robot's URL; raises `ValueError`, which does not say the URL, for what is none."""
    scheme = urlsplit(url.strip()).scheme
    kind, form = _FORMS.get(scheme, (None, None))
    if kind is None or form is None or not form.fullmatch(url.strip()):
        raise ValueError("write wecombot://KEY, dingtalk://TOKEN, dingtalk://SECRET@TOKEN or feishu://TOKEN")
    return Robot(kind, url.strip().rstrip("/"))


class RobotChannel(Channel):
    """Sends letters through robots, each by its name. `page` is where people read what does not fit."""

    def __init__(self, robots: dict[str, Robot], page: str | None = None) -> None:
        self._robots = robots
        self._page = page

    def deliver(self, letter: Letter) -> str | None:
        """Send the letter. No refusal is for good: it is the robot that is wrong, and mending it lets all through."""
        robot = self._robots.get(letter.address or "")
        if robot is None or robot.kind is not letter.by:
            raise _unknown(letter)
        return _say(robot, letter.short(_ROOM[robot.kind], self._page), letter.by.label)


def _say(robot: Robot, text: str, label: Words) -> str:
    # At its debug level it logs what it posts, and where: the robot's key is in that.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    module, name = _PLUGINS[robot.kind]
    # It takes a quarter of a second to load, which only those wait for who send.
    loaded: Any = import_module(module)
    heard = _listen(loaded)
    plugin = getattr(loaded, name)
    plugin(**plugin.parse_url(f"{robot.url}/?{_PATIENCE}")).send(body=text)
    answer, error = heard.answer, heard.error
    if answer is None:
        raise _unheard(robot, label, error)
    said = shown_answer(f"{answer.status_code} {answer.text[:2000]}", robot.secrets)
    if answer.status_code == 200 and _code(answer) == 0:
        return said
    raise DeliveryFailed(
        Words(
            "{kind}机器人没有接收（{answer}）；持续失败时请检查机器人的设置",
            "the robot of {kind} did not take it ({answer}); if this persists, check the robot",
        ).format(kind=label, answer=said),
        permanent=False,
        answer=said,
        wait=asked_wait(answer.status_code, answer.headers),
    )


class _Heard(local):
    """What came back in this thread from the last post."""

    answer: Any = None
    error: Exception | None = None


class _Listener:
    """`requests` as a plugin of Apprise sees it: all of it, and what a post brings is kept for us.

    Robots answer 200 to what they refuse, with the reason in the body, and the plugins look at the 200 alone.
    """

    def __init__(self, requests: Any) -> None:  # noqa: ANN401 - a module
        self._requests = requests
        self.heard = _Heard()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._requests, name)

    def post(self, url: str, **how: Any) -> Any:  # noqa: ANN401 - as the module has it
        """Post, and keep what comes back."""
        self.heard.answer = self.heard.error = None
        if "sign" in (params := how.get("params") or {}):
            # Apprise encodes the signature of DingTalk for a URL, and `requests` once more, which does not match.
            how["params"] = params | {"sign": unquote(params["sign"])}
        try:
            # A redirection would carry the key and the letter elsewhere.
            self.heard.answer = self._requests.post(url, **how | {"allow_redirects": False})
        except Exception as error:
            self.heard.error = error
            raise
        return self.heard.answer


def _listen(loaded: Any) -> _Heard:  # noqa: ANN401 - a module of Apprise
    """Listen to what a plugin posts; once for all."""
    if not isinstance(loaded.requests, _Listener):
        loaded.requests = _Listener(loaded.requests)
    heard: _Heard = loaded.requests.heard
    return heard


def _code(answer: Any) -> int | None:  # noqa: ANN401 - an answer of `requests`
    """Return what a robot says of itself: 0 where it has taken the text; None where it says nothing of the kind."""
    try:
        said = json.loads(answer.text)
    except ValueError:
        return None
    found = (said.get(name) for name in ("errcode", "code", "StatusCode")) if isinstance(said, dict) else ()
    return next((one for one in found if isinstance(one, int)), None)


def _unheard(robot: Robot, label: Words, error: Exception | None) -> DeliveryFailed:
    """Say that no answer came. What was never connected was not taken; of anything else nobody knows."""
    from requests.exceptions import ConnectTimeout, SSLError  # noqa: PLC0415 - Apprise has loaded it
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - as above

    reason = getattr(error.args[0], "reason", None) if error and error.args else None
    never = isinstance(error, (ConnectTimeout, SSLError)) or isinstance(reason, NewConnectionError)
    problem = type(reason or error).__name__
    return DeliveryFailed(
        Words(
            "{kind}机器人没有应答（{problem}）；持续失败时请检查网络",
            "the robot of {kind} did not answer ({problem}); if this persists, check the network",
        ).format(kind=label, problem=problem),
        permanent=False,
        answer=shown_answer(problem, robot.secrets),
        unsure=not never,
    )


def _unknown(letter: Letter) -> DeliveryFailed:
    return DeliveryFailed(
        Words(
            "没有设置名为“{name}”的{kind}机器人；请在通知方式的配置文件中补上，或更正收件地址",
            "no robot of {kind} is called “{name}” in the settings; add it there, or mend the address",
        ).format(name=letter.address or "", kind=letter.by.label),
        permanent=True,
    )
