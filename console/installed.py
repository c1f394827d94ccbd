"""What events of people, organizations and the pool of experts say to people: those that belong to no program."""

from collections.abc import Mapping
from typing import Any, Final

from operations.actors import Role
from programs import Words

_PHRASES: Final[Mapping[str, Words]] = {
    "access.refused": Words("要求查看无权查看的页面：{asked}", "asked for what is not theirs: {asked}"),
    "details.sought": Words("按证件号查找", "looked for by an identity number"),
    "expert.added": Words("专家入库：{name}", "taken into the pool: {name}"),
    "expert.changed": Words("更正专家：{name}", "expert changed: {name}"),
    "expert.retired": Words("专家出库：{name}", "taken out of the pool: {name}"),
    "key.rotated": Words("更换加密钥匙", "the key was exchanged"),
    "message.received": Words("确认收到信函：{subject}", "receipt confirmed: {subject}"),
    "message.released": Words("重新投递信函：{subject}", "a message let go: {subject}"),
    "organization.added": Words("登记单位：{subject}", "organization made known: {subject}"),
    "organization.addressed": Words("登记收件地址：{subject}", "address set: {subject}"),
    "organization.placed": Words("调整隶属：{subject} → {to}", "placed: {subject} below {to}"),
    "past.ended": Words("过往记录终止", "a record of the past ended"),
    "past.recorded": Words("登记过往记录", "a record of the past kept"),
    "past.removed": Words("删除过往记录", "a record of the past removed"),
    "person.added": Words("登记人员：{subject}", "registered: {subject}"),
    "person.disabled": Words("停用人员：{subject}", "disabled: {subject}"),
    "person.enabled": Words("启用人员：{subject}", "enabled: {subject}"),
    "person.password_set": Words("设置密码：{subject}", "password set: {subject}"),
    "role.granted": Words("授予角色：{subject}，{given}（{where}）", "role granted: {subject}, {given} ({where})"),
    "role.revoked": Words("收回角色：{subject}，{given}（{where}）", "role revoked: {subject}, {given} ({where})"),
    "session.begun": Words("登录", "signed in"),
    "session.ended": Words("登录结束", "a session ended"),
    "sign-in.failed": Words("登录失败", "a sign-in failed"),
    "tie.declared": Words("申报利害关系：{name}", "tie declared: {name}"),
    "tie.withdrawn": Words("撤回利害关系：{name}", "tie withdrawn: {name}"),
}


def installed(event: Mapping[str, Any]) -> Words:
    """Return such an event as a phrase; one of a kind that is not known here is told by the kind itself."""
    words = _PHRASES.get(event["kind"])
    if words is None:
        return Words(event["kind"], event["kind"])
    told = {name: event.get(name) or "—" for name in ("asked", "name", "subject", "to", "where")}
    roles = {role.value: role.label for role in Role}
    return words.format(**told, given=roles.get(event.get("given", ""), Words("—", "—")))
