"""Flows as operators start them: what they are asked with is judged here, and told in words where it does not fit.

Prefect judges parameters too, but before it names a run, and in English: `2026-13-40` would give a run a name made by
chance and a state that nobody here can read. Its server keeps to the schema of a form, which takes any text for a day.
"""

import re
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any, Final, ParamSpec, TypeAlias, get_type_hints

from prefect import Flow, State, flow
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

P = ParamSpec("P")

_Ends: TypeAlias = Coroutine[Any, Any, State[Mapping[str, Any]]]

#: What is quoted of a value that does not fit: short, and nobody's number.
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"\d{9}")

_WITHIN: Final = {
    "greater_than_equal": ("ge", "不能小于 {}"),
    "less_than_equal": ("le", "不能大于 {}"),
    "too_long": ("max_length", "至多 {} 个"),
}


def form(
    name: str, named: Callable[[Mapping[str, Any]], str], timeout_seconds: int
) -> Callable[[Callable[P, _Ends]], Flow[P, _Ends]]:
    """Declare a flow, as `prefect.flow` does, whose run fails in a sentence where its parameters do not fit.

    `named` gives a run its name by its parameters, those that were left out among them.
    """

    def declare(function: Callable[P, _Ends]) -> Flow[P, _Ends]:
        form = _model(function)

        def run_name() -> str:
            try:
                return named(dict(_judged(form, flow_run.parameters)))
            except (ValidationError, _BlankError):
                return f"{name}（填写有误）"

        @wraps(function)
        async def run(*args: P.args, **kwargs: P.kwargs) -> State[Mapping[str, Any]]:
            given = signature(function).bind(*args, **kwargs).arguments
            try:
                fit = _judged(form, given)
            except ValidationError as error:
                faults = [
                    _fault(name, one["loc"], one["type"], one.get("ctx", {}), one["input"]) for one in error.errors()
                ]
                return Failed(message="；".join(dict.fromkeys(faults)))
            except _BlankError as error:
                return Failed(message=f"请填写“{_title(name, error.field)}”")
            return await function(**fit)  # type: ignore[call-arg] # the same parameters, judged

        declared = flow(name=name, flow_run_name=run_name, timeout_seconds=timeout_seconds, validate_parameters=False)
        return declared(run)

    return declare


class _BlankError(Exception):
    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


def _model(function: Callable[..., object]) -> type[BaseModel]:
    kinds = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        one.name: (kinds[one.name], ... if one.default is Parameter.empty else one.default)
        for one in signature(function).parameters.values()
    }
    return create_model("Form", __config__=ConfigDict(extra="forbid"), **fields)


def _judged(form: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as their flow takes them. Raises where they do not fit, or a text that has to be is blank."""
    read = form(**given)
    for name, field in form.model_fields.items():
        if field.is_required() and field.annotation is str and not getattr(read, name).strip():
            raise _BlankError(name)
    return {name: getattr(read, name) for name in form.model_fields}


def _fault(flow_name: str, place: tuple[int | str, ...], kind: str, context: Mapping[str, Any], value: object) -> str:
    title = _title(flow_name, str(place[0]))
    if kind.startswith("datetime"):
        how = "没有这个时刻，请写成 2026-11-28T09:00，即北京时间"
    elif kind.startswith("date"):
        how = "没有这一天，请写成 2026-11-28"
    elif kind in _WITHIN:
        limit, words = _WITHIN[kind]
        how = words.format(context[limit])
    elif kind.startswith("int"):
        how = "请写整数"
    elif kind.startswith("bool"):
        how = "请写 true 或 false"
    else:
        how = "请按表单上的说明填写"
    quoted = f"“{value}”" if isinstance(value, str) and len(value) <= _LONGEST and not _NUMBER.search(value) else ""
    return f"“{title}”{quoted}不对：{how}"


def _title(flow_name: str, field: str) -> str:
    """Return what the form calls a field; the forms are made of the flows, so they are read when somebody asks."""
    from flows.deployments import DEPLOYMENTS  # noqa: PLC0415

    for one in DEPLOYMENTS:
        if one.flow.name == flow_name and field in one.form:
            return one.form[field].title
    return field
