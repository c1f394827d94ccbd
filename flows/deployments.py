"""Every deployment of the product, declared once: what runs when, and the form an operator sees."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema

from flows.alerts import notify_administrators
from flows.batches import move_batch
from flows.calendars import watch_calendar
from flows.courses import drive
from flows.following import keep_following
from flows.intake import intake
from flows.rehearsals import rehearse
from flows.reminders import send_reminders
from flows.summaries import summarize
from flows.sweeps import close_publicity, deadline_sweep
from flows.transitions import transition
from flows.upkeep import back_up, verify_history
from operations.settings import Settings
from operations.upkeep import is_night_owed
from programs import shipped_programs
from states import Move

TIME_ZONE = "Asia/Shanghai"

#: Of two runs at the same time the newer one gives way: the older does its work anyway. So the runs that an outage
#: left behind collapse into one.
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


#: What the server refuses in a field of a form: Prefect keeps and shows the parameters of a run as they were given. An
#: identity number, a bank account or a telephone number, also with spaces or hyphens; no date, instant or number of a
#: nomination is one. The server quotes the sentence in its refusal.
NOBODYS_NUMBER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "description": "请不要写身份证号、手机号、银行账号：运行的参数谁都看得到。文件名里有的，请先改名",
        "pattern": (
            r"\d{15}|\d{6}[ -]\d{8}[ -]\d{3}[\dXx]|\d{6}([ -]\d{4}){2}[ -]\d{3}[\dXx]|\d{4}([ -]\d{4}){3}"
            r"|1[3-9]\d([ -]?\d{4}){2}"
        ),
    }
)


class Label(NamedTuple):
    """What the form calls a parameter, and says of it."""

    title: str
    description: str


@dataclass(frozen=True)
class Deployment:
    """One flow as it is deployed. With a `cron` it runs by itself, else when somebody starts it.

    `catches_up`: it also runs once when the flows are started, since what fell due meanwhile has waited long enough.
    One that does not still makes good what is `owed`, a while after the start.
    """

    name: str
    flow: Flow[Any, Any]
    description: str
    tags: tuple[str, ...]
    form: Mapping[str, Label]
    cron: str | None = None
    catches_up: bool = True
    owed: Callable[[Settings, datetime], bool] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_runner(self, pool: str | None = None) -> RunnerDeployment:
        """Return the deployment in Prefect's terms: served where it is, or for the workers of a pool."""
        deployment = RunnerDeployment.from_flow(
            self.flow,
            name=self.name,
            description=self.description,
            version=version("linxuan"),
            tags=list(self.tags),
            parameters=dict(self.parameters),
            schedule=Cron(self.cron, timezone=TIME_ZONE) if self.cron else None,
            work_pool_name=pool,
            # Stopping the product pauses its schedules; starting it must resume them.
            paused=False,
            concurrency_limit=ONE_AT_A_TIME if self.cron else None,
            # Runs import the flow from the installed product, wherever they are started.
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        deployment._parameter_openapi_schema = self.schema()  # noqa: SLF001 - there is no other way in
        return deployment

    def schema(self) -> ParameterSchema:
        """Return the parameters as the form shows them; Prefect by itself titles a field with its name in the code."""
        schema = deepcopy(self.flow.parameters)
        for parameter, label in self.form.items():
            schema.properties[parameter] |= {"title": label.title, "description": label.description}
            if _ACTOR in self.form.values():
                _keep_numbers_out(schema.properties[parameter])
        return schema


def _keep_numbers_out(schema: dict[str, Any]) -> None:
    """Let the server refuse texts with somebody's number, wherever a text may stand below this schema."""
    if schema.get("type") == "string" and "format" not in schema:
        schema["not"] = dict(NOBODYS_NUMBER)
    inner = [schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())]
    for one in inner:
        if isinstance(one, dict):
            _keep_numbers_out(one)


_NOW = Label("办理时刻", "按这个时刻办理，不写时区即北京时间；留空为开始运行的时刻")
_ACTOR = Label("办理人", "姓名、姓名:角色 或 姓名:角色@单位；不写角色即管理员")
_GROUND = "取消申报资格时：通知所列情形的代号，例如 fraud；不写的不留禁报"
_MOVES = "，".join(f"{move.value} {move.label.zh}" for move in Move if not move.by_clock and move.by_use_case is None)

DEPLOYMENTS = (
    Deployment(
        name="deadline-sweep",
        flow=deadline_sweep,
        description="每 5 分钟办理一次到期事项：逾期的失效，聘期届满的结束。没有到期的就什么也不改变，可随时手动运行。",
        tags=("巡检",),
        cron="*/5 * * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="close-publicity",
        flow=close_publicity,
        description="每 5 分钟结束一次期满且没有未决异议的公示；公示期在最后一天 24 时届满。有异议的照旧等待处理。",
        tags=("巡检", "公示"),
        # A minute after the sweep, so that the two do not start on the same second of a small machine.
        cron="1-59/5 * * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="send-reminders",
        flow=send_reminders,
        description="每 15 分钟发送一次应发的提醒，每位收件人每天一封，只在工作时间；等不到下一个工作日的随时单独发。"
        "发送失败的按间隔重试，多次失败的搁置待查。",
        tags=("提醒",),
        # By night too: what is due before the morning goes out at once, and everything else waits by itself.
        cron="*/15 * * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="calendar-watch",
        flow=watch_calendar,
        description="每天核对一次放假安排：10 月起缺下一年的，每周提醒管理员一次，直到导入；导入后重新计算期限。",
        tags=("日历",),
        cron="50 8 * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="daily-summary",
        flow=summarize,
        description="每天 18:05 写一页小结：变动、信函、一周之内的日期、没有完成的运行、须留意的事项。",
        tags=("小结",),
        cron="5 18 * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="backup",
        flow=back_up,
        description="每晚备份数据库，复制新增的材料文件，保留最近若干份；夜里没有开机的，开机后补上。密钥不在备份里，须另行保管。",
        tags=("维护",),
        cron="30 2 * * *",
        catches_up=False,
        owed=is_night_owed,
        form={
            "copies": Label("保留份数", "保留最近多少晚的备份，1 至 400"),
            "now": Label("日期", "备份以这一天命名；留空为今天"),
        },
    ),
    Deployment(
        name="audit",
        flow=verify_history,
        description="每晚重新计算全部摘要和链环，并用办理记录核对数据表；有一处不符，运行即告失败。夜里没有开机的，开机后补上。",
        tags=("维护", "核验"),
        cron="30 3 * * *",
        catches_up=False,
        owed=is_night_owed,
        form={
            "files": Label("核对材料文件", "并读取全部材料文件，逐个核对摘要，费时较长"),
            "now": Label("时刻", "只用于命名；核验的总是现有的全部记录"),
        },
    ),
    Deployment(
        name="course",
        flow=drive,
        description="推动一个项目的全部日程：办理到期事项，发送提醒，列出重要日期和各环节件数，并排定下一次运行，直至结束。",
        tags=("日程",),
        form={
            "program": Label("项目", "已开通的项目的代号，例如 luzhou-chief-technician-2019"),
            "follow": Label("排定下一次", "办完后按日程自动排定下一次运行；不勾选则只运行这一次"),
            "now": Label("办理时刻", f"{_NOW.description}。填写时不排定下一次"),
        },
    ),
    Deployment(
        name="course-watch",
        flow=keep_following,
        description="每小时核对一次由“项目日程”推动的项目：运行失败、中断或没有排定下一次的，接着排定。取消排定的运行即不再推动。",
        tags=("日程",),
        cron="25 * * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="batch",
        flow=move_batch,
        description="一次办理多件申报，如推荐这 60 件。先预览哪些可以办理、哪些不予办理及其原因，再取消“只预览”运行。",
        tags=("办理",),
        form={
            "move": Label("操作", f"{_MOVES}"),
            "actor": _ACTOR,
            "numbers": Label(
                "申报编号", "逐个填写，或以逗号、空格隔开粘贴，各有授予项目的写作 编号=代号；不填则写明项目和环节"
            ),
            "program": Label("项目", "不写编号时填写：办理这个项目里处于下述环节的全部申报"),
            "stage": Label("环节", "不写编号时填写，例如 recommendation.district"),
            "dry_run": Label("只预览", "只判断，不办理；核对后取消勾选，再运行一次"),
            "reason": Label("理由", "退回、不予通过、撤回等操作必须写明"),
            "ground": Label("取消情形", _GROUND),
            "grade": Label("授予项目", "确定入选时填写名额的代号，每件相同；编号后面另写了的以其为准"),
            "document_number": Label("发文字号", "操作需要文号时填写，每件相同，例如 泸市人社办〔2019〕94号"),
            "sealed": Label("已盖章", "推荐各层级：每件的表上均已加盖本单位公章"),
            "opinion": Label("意见", '推荐各层级：每件相同，例如 {"是否同意推荐": "同意"}'),
            "form_numbers": Label(
                "表上编号",
                '由受理的层级编，各件不同：申报编号对应表上编号，例如 {"…-0001": "2019-001", "…-0002": "2019-002"}',
            ),
            "now": _NOW,
        },
    ),
    Deployment(
        name="notify-administrators",
        flow=notify_administrators,
        description="写信给系统管理员（LINXUAN_ADMINISTRATORS）。由自动化触发，也可手动运行以试投递。",
        tags=("通知",),
        form={
            "subject": Label("事由", "一句话"),
            "body": Label("正文", "留空则与事由相同"),
            "matter": Label("事项", "同一事项重复运行，寄出的是同一封信；留空则每次运行各为一封"),
            "deployment": Label("流程", "部署的名称，例如 deadline-sweep：信中写明它一小时内失败的次数"),
            "since": Label("自何时起", "由前一封信自动排定：这个时刻以后该流程又有失败、尚未写过信的，补写一封"),
            "now": Label("时刻", "信上的时刻；留空为开始运行的时刻"),
        },
    ),
    Deployment(
        name="transition",
        flow=transition,
        description="办理一件申报。不符合条件的不予办理，运行照常完成，表格列出原因、依据和怎么办。",
        tags=("办理",),
        form={
            "number": Label("申报编号", "例如 luzhou-chief-technician-2019-0001"),
            "move": Label("操作", f"{_MOVES}。逾期、公示期满、聘期届满由巡检办理"),
            "actor": _ACTOR,
            "reason": Label("理由", "退回、不予通过、撤回等操作必须写明"),
            "grade": Label("授予项目", "确定入选时填写名额的代号"),
            "document_number": Label("发文字号", "发文时填写，例如 泸市人社办〔2019〕94号"),
            "ground": Label("取消情形", _GROUND),
            "sealed": Label("已盖章", "推荐各层级：表上已加盖本单位公章"),
            "opinion": Label("意见", '推荐各层级：按要点填写，例如 {"是否同意推荐": "同意"}'),
            "form_number": Label("表上编号", "由受理的层级编"),
            "now": _NOW,
        },
    ),
    Deployment(
        name="intake",
        flow=intake,
        description="导入收件夹里的一张汇总表：逐格核对，全部无误才登记，否则一件也不登记。表格列出每处问题，带批注的核对结果放回收件夹。",
        tags=("导入",),
        form={
            "program": Label("项目", "已开通的项目的代号，例如 luzhou-chief-technician-2019"),
            "file": Label(
                "文件名", "收件夹里的 .xlsx、.xls 或 .csv，例如 江阳区汇总表.xlsx；文件名里不要有身份证号或手机号"
            ),
            "actor": _ACTOR,
            "dry_run": Label("只核对", "只核对，不登记；核对无误后取消勾选，再运行一次"),
            "nominator": Label("推荐单位", "表中没有这一栏时填写（即 --nominator）"),
            "nominator_kind": Label("推荐单位类型", "类型的名称或代号，表中没有这一栏时填写"),
            "host": Label("属地", "占用哪一家的名额，表中没有这一栏时填写"),
            "category": Label("类别", "类别的名称或代号，表中没有这一栏时填写"),
            "route": Label("推荐渠道", "渠道的名称或代号，表中没有这一栏时填写"),
            "now": _NOW,
        },
    ),
    Deployment(
        name="rehearse",
        flow=rehearse,
        description="用虚构的申报把一个项目从印发到聘期届满走一遍，列出每一幕。在临时数据库里进行，不影响正式的申报，不发信。",
        tags=("演练",),
        form={
            "program": Label("项目", f"数据库里的项目，或随产品提供的：{'，'.join(shipped_programs())}"),
            "nominations": Label("申报件数", "虚构多少件申报"),
            "seed": Label("种子", "同样的种子得到同样的演练"),
            "issued": Label("印发日期", "通知没有日期时填写，例如 2021-06-28"),
            "until": Label("到何时为止", "只演练到这个时刻；留空为走完全程"),
        },
    ),
)
