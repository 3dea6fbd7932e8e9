"""Group robots of WeCom, DingTalk and Feishu: addresses, signatures, formats, limits, answers.

Sources: the platforms' pages on custom robots (WeCom 群机器人, DingTalk 自定义机器人接入, Feishu
自定义机器人使用指南).
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from district.channels import SendFailed, posting, vault
from district.channels.letters import paths_from_the_district
from district.messages import messages_of
from district.models import Activity, District, Robot, RobotKind

# The whole address, so that nothing but the platform's own end point is ever asked.
ADDRESSES: Final[Mapping[str, re.Pattern[str]]] = {
    RobotKind.WECOM: re.compile(
        r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]{8,80})", re.ASCII
    ),
    RobotKind.DINGTALK: re.compile(
        r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w{8,128})", re.ASCII
    ),
    RobotKind.FEISHU: re.compile(
        r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]{8,80})", re.ASCII
    ),
}
MINUTE: Final = timedelta(minutes=1)
PER_MINUTE: Final = {RobotKind.WECOM: 20, RobotKind.DINGTALK: 20, RobotKind.FEISHU: 100}
PER_SECOND: Final = {RobotKind.FEISHU: 5}
TOO_FAST: Final = {
    RobotKind.WECOM: {45009},
    RobotKind.DINGTALK: {130101, 410100},
    RobotKind.FEISHU: {9499, 11232},
}
# How long a platform keeps a robot out that was too fast.
PENALTY: Final = timedelta(minutes=10)
# Wrong key, signature, keyword, address or a robot that was removed: somebody has to act.
HOPELESS: Final = {
    RobotKind.WECOM: {93000, 93004, 40058},
    RobotKind.DINGTALK: {300001, 300005, 310000, 400013, 400101},
    RobotKind.FEISHU: {19001, 19021, 19022, 19024},
}
MOST_MERGED: Final = 100
# WeCom takes 4096 bytes of Markdown; the others take more.
MOST_BYTES: Final = 3800
MARKS: Final = str.maketrans("[]<>*`#@", "［］＜＞＊ˋ＃＠", "\r\n")


@dataclass(frozen=True)
class Allowance:
    """Whether the robot may speak now, else when; `is_last`: once more in this minute."""

    now: bool
    at: datetime
    is_last: bool


@dataclass(frozen=True)
class Line:
    title: str
    text: str
    url: str


def address_hint(kind: str, address: str) -> str:
    """The host and the last four characters of the key: enough to tell two robots apart."""
    host = address.removeprefix("https://").partition("/")[0]
    return f"{host} …{address[-4:]}"


def recent(robot: Robot, now: datetime) -> list[datetime]:
    return [at for at in robot.recent_sends if at > now - MINUTE]


def allowance(robot: Robot, now: datetime) -> Allowance:
    if robot.paused_until and robot.paused_until > now:
        return Allowance(False, robot.paused_until, False)
    minute = sorted(recent(robot, now))
    second = [at for at in minute if at > now - timedelta(seconds=1)]
    kind = RobotKind(robot.kind)
    left = PER_MINUTE[kind] - len(minute)
    if left <= 0:
        return Allowance(False, minute[-PER_MINUTE[kind]] + MINUTE, False)
    if kind in PER_SECOND and len(second) >= PER_SECOND[kind]:
        return Allowance(False, second[0] + timedelta(seconds=1), False)
    return Allowance(True, now, left == 1)


def packed(activities: Sequence[Activity], robot: Robot, district: District) -> Callable[[], None]:
    """What sends one message about all of them, in the robot's language."""
    with (
        translation.override(robot.language),
        paths_from_the_district(),
        timezone.override(district.zone),
    ):
        found = messages_of(activities)
        messages = [found[row.pk] for row in activities]
        lines = [
            Line(
                message.title.translate(MARKS),
                message.text.translate(MARKS),
                district.absolute_url(message.url) if message.url else "",
            )
            for message in messages
        ]
        body = body_of(RobotKind(robot.kind), district.name, _within(lines))
    address, secret = vault.unseal(robot.sealed_address), vault.unseal(robot.sealed_secret)
    return partial(_send, RobotKind(robot.kind), address, secret, body)


def _within(lines: Sequence[Line]) -> Sequence[Line]:
    """As many lines as fit, and how many more there are."""
    kept: list[Line] = []
    size = 0
    for line in lines:
        size += len(f"{line.title}{line.text}{line.url}".encode()) + 40
        if kept and size > MOST_BYTES:
            more = _("and %(n)d more") % {"n": len(lines) - len(kept)}
            return [*kept, Line(more, "", "")]
        kept.append(line)
    return kept


def body_of(kind: RobotKind, name: str, lines: Sequence[Line]) -> dict[str, Any]:
    """The message in the platform's own form; one line stands alone, several become a list."""
    title = lines[0].title if len(lines) == 1 else name
    match kind:
        case RobotKind.WECOM:
            return {"msgtype": "markdown", "markdown": {"content": _markdown(title, lines, "\n")}}
        case RobotKind.DINGTALK:
            text = _markdown(title, lines, "\n\n")
            return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
        case _:
            post = {"title": title, "content": [_rich(line, title) for line in lines]}
            return {"msg_type": "post", "content": {"post": {"zh_cn": post}}}


def _markdown(title: str, lines: Sequence[Line], gap: str) -> str:
    parts = [f"**{title}**"]
    for line in lines:
        if len(lines) > 1:
            parts.append(f"[{line.title}]({line.url})" if line.url else line.title)
            continue
        parts += [line.text] if line.text else []
        parts += [f"[{_('Open it')}]({line.url})"] if line.url else []
    return gap.join(parts)


def _rich(line: Line, title: str) -> list[dict[str, str]]:
    alone = line.title == title
    words = line.text if alone else f"{line.title} "
    text = [{"tag": "text", "text": f"{words} " if alone and words else words}] if words else []
    link = [{"tag": "a", "text": _("Open it"), "href": line.url}] if line.url else []
    return [*text, *link]


def dingtalk_signature(secret: str, milliseconds: int) -> str:
    """Keyed by the secret over "timestamp\\nsecret"; Base64, then quoted for the query."""
    signed = f"{milliseconds}\n{secret}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return quote_plus(base64.b64encode(digest))


def feishu_signature(secret: str, seconds: int) -> str:
    """Keyed by "timestamp\\nsecret" over nothing; Base64."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def request_of(
    kind: RobotKind, address: str, secret: str, body: Mapping[str, Any], now: float
) -> tuple[str, bytes]:
    """The address to post to and the bytes to post, signed where there is a secret."""
    if secret and kind is RobotKind.DINGTALK:
        at = round(now * 1000)
        address = f"{address}&timestamp={at}&sign={dingtalk_signature(secret, at)}"
    elif secret and kind is RobotKind.FEISHU:
        seconds = int(now)
        body = {
            "timestamp": str(seconds),
            "sign": feishu_signature(secret, seconds),
            **body,
        }
    return address, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _send(kind: RobotKind, address: str, secret: str, body: Mapping[str, Any]) -> None:
    if not ADDRESSES[kind].fullmatch(address):
        raise SendFailed("address_not_allowed", permanent=True)
    judge(kind, posting.post_json(*request_of(kind, address, secret, body, time.time())))


def judge(kind: RobotKind, answer: bytes) -> None:
    """Raises SendFailed unless the platform says that it took the message."""
    try:
        said = json.loads(answer)
        code = int(said["code"] if kind is RobotKind.FEISHU else said["errcode"])
    except (ValueError, KeyError, TypeError) as error:
        raise SendFailed("answer_unreadable") from error
    if code:
        text = str(said.get("msg") or said.get("errmsg") or "")
        raise SendFailed(
            str(code),
            text,
            permanent=code in HOPELESS[kind],
            pause=PENALTY if code in TOO_FAST[kind] else None,
        )
