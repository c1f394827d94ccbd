"""The entry: finds the command, runs it, and turns whatever goes wrong into a sentence and an exit code."""

import sys
from importlib import import_module
from typing import NamedTuple

import click
from typing_extensions import override

from cli.face import FAILED_OUTSIDE, WRONG_USAGE, Group, Mistake, explain_usage, fail, say
from programs.words import Words


class Entry(NamedTuple):
    """Where a command lives, and what it is for; listed here so that help need not import them all."""

    module: str
    purpose: str


COMMANDS = {
    "up": Entry(
        "cli.up", say("启动控制台、Prefect 服务和定时流程", "start the console, the Prefect server and the flows")
    ),
    "deploy": Entry("cli.deploy", say("把定时流程部署到工作池", "deploy the flows to a work pool")),
    "rehearse": Entry("cli.rehearse", say("在虚拟时钟上演练整个项目", "run a whole program on a virtual clock")),
    "program": Entry("cli.program", say("查看、核对、裁定和开通项目", "show, check, rule on and open programs")),
    "nomination": Entry("cli.nomination", say("登记和办理申报", "draw up and move nominations")),
    "material": Entry("cli.material", say("提交和取阅材料文件", "hand in and take the files of materials")),
    "intake": Entry("cli.intake", say("导入申报汇总表", "take in a table of nominations")),
    "consultation": Entry(
        "cli.consultation", say("征求意见和联合初审：答复和复函", "what bodies say, and their letters")
    ),
    "expert": Entry("cli.expert", say("专家库和利害关系", "the pool of experts, and their ties")),
    "review": Entry("cli.review", say("评审：专家、评分、排序、表决", "reviews: experts, scores, rankings, ballots")),
    "vote": Entry("cli.vote", say("导入和查看公众投票的票数", "import and show the votes of the public")),
    "decide": Entry("cli.decide", say("确定一个环节的入选和落选", "decide who goes on from a stage")),
    "publicity": Entry("cli.publicity", say("公示和异议", "publicity and objections")),
    "issue": Entry("cli.issue", say("发文", "issue the document")),
    "tenure": Entry("cli.tenure", say("聘期：考核、待遇、停发、取消", "terms: assessments, benefits, revocation")),
    "certificate": Entry("cli.certificate", say("证书编号和核验", "number and verify certificates")),
    "registry": Entry("cli.registry", say("人才库：查询和导出获得者", "the registry of honorees")),
    "past": Entry("cli.past", say("既往记录：称号、工作室、补助、禁报", "pasts: honors, studios, subsidies, bans")),
    "organization": Entry(
        "cli.organization", say("单位、隶属关系和通知邮箱", "organizations, their tree and addresses")
    ),
    "address": Entry(
        "cli.address", say("收件地址：邮箱之外的通知方式和先后", "addresses beside mail, and their order")
    ),
    "user": Entry("cli.user", say("人员、角色和密码", "people, their roles and passwords")),
    "sweep": Entry("cli.sweep", say("巡检一次所有到期事项", "one pass over all that is due")),
    "remind": Entry(
        "cli.remind", say("发送应发的提醒，查看和放行搁置的信函", "deliver reminders; list and release messages")
    ),
    "deadline": Entry("cli.deadline", say("读懂期限的说法", "read what a deadline says")),
    "calendar": Entry("cli.calendar", say("工作日历和公示期", "the working-day calendar and publicity periods")),
    "key": Entry("cli.key", say("个人信息的密钥", "the key of personal data")),
    "audit": Entry("cli.audit", say("核验办理记录", "verify the history")),
    "export": Entry("cli.export", say("导出名册、公文、表格和证书", "export registers, documents, forms")),
    "template": Entry("cli.template", say("导出和检查 Word 模板", "take out and check Word templates")),
    "backup": Entry("cli.backup", say("备份数据库", "back the database up")),
    "restore": Entry("cli.restore", say("恢复备份", "restore a backup")),
    "doctor": Entry("cli.doctor", say("检查运行状况", "check that all is well")),
    "migrate": Entry("cli.migrate", say("升级数据库", "upgrade the database")),
}


class Root(Group):
    """Imports a command only when it is called."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(entry.module).command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, entry.purpose) for name, entry in COMMANDS.items()])


@click.command(cls=Root, help=say("遴选：技能人才评选项目，从通知到聘期届满。", "Linxuan runs nomination programs."))
@click.version_option(package_name="linxuan", message="%(version)s", help=say("显示版本", "Show the version."))
def linxuan() -> None:
    """Run one of the commands."""


def main() -> None:
    """Run the command line. No traceback ever reaches a user."""
    try:
        _require_text(sys.argv[1:])
        code = linxuan.main(prog_name="linxuan", standalone_mode=False)
    except click.exceptions.Abort:
        fail(Words("已中断", "interrupted"), 130)
    except click.exceptions.NoArgsIsHelpError as error:
        help_text = error.format_message()
        fail(Words(help_text, help_text), WRONG_USAGE)
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "linxuan"
        help_line = say(f"用 {where} --help 查看用法", f"see {where} --help")
        fail(Words(f"{explain_usage(error)}\n{help_line}", f"{explain_usage(error)}\n{help_line}"), WRONG_USAGE)
    except Mistake as mistake:
        fail(mistake.words, mistake.code)
    except Exception as error:  # noqa: BLE001 - the last door: what nobody foresaw is still told in a sentence
        _fail_unforeseen(error)
    raise SystemExit(code or 0)


def _require_text(arguments: list[str]) -> None:
    """Refuse what is no text: no database, document or screen could hold it."""
    for argument in arguments:
        if any("\ud800" <= character <= "\udfff" for character in argument):
            shown = ascii(argument)
            raise Mistake(Words(f"参数 {shown} 不是合法的文字", f"the argument {shown} is not valid text"))


def _fail_unforeseen(error: Exception) -> None:
    """Name errors by their place in the product, not by importing what may never have been loaded."""
    from cli.errors import words_of  # noqa: PLC0415 - costs the imports that only a failure needs

    words, code = words_of(error)
    fail(words, code or FAILED_OUTSIDE)
