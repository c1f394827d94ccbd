"""What events of people, organizations and the pool of experts say to people: those that belong to no program."""

from collections.abc import Mapping
from typing import Any, Final

from operations.actors import Role
from operations.session_begins import Door
from programs import Words

#: By kind of event; each that is recorded of the installation has one.
PHRASES: Final[Mapping[str, Words]] = {
    "access.refused": Words("要求查看无权查看的页面：{asked}", "asked for what is not theirs: {asked}"),
    "details.sought": Words("按证件号查找", "looked for by an identity number"),
    "expert.added": Words("专家入库：{name}", "taken into the pool: {name}"),
    "expert.changed": Words("更正专家：{name}", "expert changed: {name}"),
    "expert.seen": Words("查看专家的完整信息：{name}", "an expert's particulars seen: {name}"),
    "expert.retired": Words("移出专家库：{name}", "taken out of the pool: {name}"),
    "identity.bound": Words("绑定统一身份：{subject}（{claim}）", "identity bound: {subject} ({claim})"),
    "identity.unbound": Words("解除统一身份绑定：{subject}", "identity unbound: {subject}"),
    "feed.given": Words(
        "开通日历订阅：{subject}，{given}（{where}）", "calendar subscription: {subject}, {given} ({where})"
    ),
    "feed.revoked": Words("撤销日历订阅：{subject}", "calendar subscription revoked: {subject}"),
    "key.rotated": Words("更换加密密钥", "the key was exchanged"),
    "message.delivered": Words("信函另行送达：{subject}", "a message delivered in another way: {subject}"),
    "message.dropped": Words("不再发送信函：{subject}", "a message dropped: {subject}"),
    "message.received": Words("确认收到信函：{subject}", "receipt confirmed: {subject}"),
    "message.released": Words("重新投递信函：{subject}", "a message let go: {subject}"),
    "nominations.exported": Words("导出申报名单：{count}件", "nominations exported: {count}"),
    "nominee.code-wrong": Words("邀请验证码不对：{subject}", "the code of an invitation was wrong: {subject}"),
    "nominee.invited": Words("邀请候选人：{subject}", "nominee invited: {subject}"),
    "nominee.let-in": Words("候选人接受邀请：{subject}，{to}", "invitation taken up: {subject}, {to}"),
    "nominee.not-reached": Words("邀请没有发出：{subject}", "the invitation was not sent: {subject}"),
    "nominee.released": Words("取消候选人查看：{subject}，{to}", "nominee released: {subject}, {to}"),
    "organization.added": Words("登记单位：{subject}", "organization made known: {subject}"),
    "address.added": Words("登记收件地址：{subject}", "address added: {subject}"),
    "address.preferred": Words("优先使用的收件地址：{subject}", "address preferred: {subject}"),
    "address.removed": Words("删去收件地址：{subject}", "address removed: {subject}"),
    "addresses.seen": Words("查看完整的收件地址：{subject}", "addresses seen in full: {subject}"),
    "organization.addressed": Words("登记收件地址：{subject}", "address set: {subject}"),
    "organization.removed": Words("删除单位：{subject}", "organization removed: {subject}"),
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
    "schedule.asked": Words("请管理员导入 {year} 年放假安排", "asked the administrators for the schedule of {year}"),
    "second-factor.enrolled": Words("启用第二验证：{subject}", "second factor set up: {subject}"),
    "second-factor.failed": Words("第二验证未通过：{subject}", "a code was wrong: {subject}"),
    "second-factor.paper-used": Words("用掉一个恢复码：{subject}", "a recovery code was used: {subject}"),
    "second-factor.removed": Words("停用第二验证：{subject}", "second factor removed: {subject}"),
    "session.begun": Words("登录（{door}）", "signed in ({door})"),
    "session.ended": Words("登录结束", "a session ended"),
    "sign-in.failed": Words("登录失败（{door}）", "a sign-in failed ({door})"),
    "tie.declared": Words("申报利害关系：{name}", "tie declared: {name}"),
    "tie.withdrawn": Words("撤回利害关系：{name}", "tie withdrawn: {name}"),
    "token.given": Words("发放接口令牌：{subject}，{label}", "token given: {subject}, {label}"),
    "token.revoked": Words("撤销接口令牌：{subject}，{label}", "token revoked: {subject}, {label}"),
}


def installed(event: Mapping[str, Any]) -> Words:
    """Return such an event as a phrase; one of a kind that is not known here is told by the kind itself."""
    words = PHRASES.get(event["kind"])
    if words is None:
        return Words(event["kind"], event["kind"])
    told = {name: event.get(name) or "—" for name in ("asked", "claim", "label", "name", "subject", "to", "where")}
    told["count"] = str(event.get("count", "—"))
    roles = {role.value: role.label for role in Role}
    # Before there were several doors there was the password's alone.
    door = Door(event.get("door", Door.PASSWORD)).label
    return words.format(**told, given=roles.get(event.get("given", ""), Words("—", "—")), door=door)
