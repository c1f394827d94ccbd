"""Every deployment of the product, declared once: what runs when, and the form an operator sees."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, NamedTuple

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema

from flows.intake import intake
from flows.rehearsals import rehearse
from flows.reminders import send_reminders
from flows.sweeps import close_publicity, deadline_sweep
from flows.transitions import transition
from programs import shipped_programs
from states import Move

TIME_ZONE = "Asia/Shanghai"

#: Of two runs at the same time the newer one gives way: the older does its work anyway. So the runs that an outage
#: left behind collapse into one.
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


class Label(NamedTuple):
    """What the form calls a parameter, and says of it."""

    title: str
    description: str


@dataclass(frozen=True)
class Deployment:
    """One flow as it is deployed. With a `cron` it runs by itself, else when somebody starts it."""

    name: str
    flow: Flow[Any, Any]
    description: str
    tags: tuple[str, ...]
    form: Mapping[str, Label]
    cron: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_runner(self) -> RunnerDeployment:
        """Return the deployment in Prefect's terms."""
        deployment = RunnerDeployment.from_flow(
            self.flow,
            name=self.name,
            description=self.description,
            version=version("linxuan"),
            tags=list(self.tags),
            parameters=dict(self.parameters),
            schedule=Cron(self.cron, timezone=TIME_ZONE) if self.cron else None,
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
        return schema


_NOW = Label("办理时刻", "按这个时刻办理，不写时区即北京时间；留空为开始运行的时刻")
_MOVES = "，".join(f"{move.value} {move.label.zh}" for move in Move if not move.by_clock)

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
        description="白天每 15 分钟发送一次应发的提醒，每位收件人一封；发送失败的按间隔重试，多次失败的搁置待查。",
        tags=("提醒",),
        # Reminders fall due within working hours of working days; this only keeps the nights quiet in the list of runs.
        cron="*/15 9-17 * * *",
        form={"now": _NOW},
    ),
    Deployment(
        name="transition",
        flow=transition,
        description="办理一件申报。不符合条件的不予办理，运行照常完成，表格列出原因、依据和怎么办。",
        tags=("办理",),
        form={
            "number": Label("申报编号", "例如 luzhou-chief-technician-2019-0001"),
            "move": Label("操作", f"{_MOVES}。逾期、公示期满、聘期届满由巡检办理"),
            "actor": Label("办理人", "姓名、姓名:角色 或 姓名:角色@单位；不写角色即管理员"),
            "reason": Label("理由", "退回、不予通过、撤回等操作必须写明"),
            "grade": Label("授予项目", "确定入选时填写名额的代号"),
            "document_number": Label("发文字号", "发文时填写，例如 泸市人社办〔2019〕94号"),
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
            "file": Label("文件名", "收件夹里的 .xlsx、.xls 或 .csv，例如 江阳区汇总表.xlsx"),
            "actor": Label("办理人", "姓名、姓名:角色 或 姓名:角色@单位；不写角色即管理员"),
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
