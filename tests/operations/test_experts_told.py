"""The console tells what happens to experts, and never who they are."""

from datetime import datetime

from console.happenings import happening
from deadlines import SHANGHAI
from notifications.channels import MemoryChannel
from operations.overview import program_overview
from operations.rehearse import rehearse
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU
from tests.operations.panels import with_panel


@on(SQLITE)
def test_what_happens_to_experts_is_told_without_their_names(desk, shipped):
    until = datetime(2019, 8, 14, tzinfo=SHANGHAI)
    rehearse(desk, with_panel(shipped(LUZHOU)), MemoryChannel(), nominations=20, seed=1, until=until)
    events = program_overview(desk, LUZHOU, until, latest=60).events
    about = ("panel.", "experts.", "invitation.", "pledge.", "expert.")
    told = {happening(event).zh for event in events if event.kind.startswith(about)}
    assert told == {
        "分配专家",
        "一名专家签署“专家评议”承诺",
        "一名专家确认参加“专家评议”",
        "一名专家辞去“专家评议”，由下一名递补",
        "邀请“专家评议”专家 3 名",
        "抽取“专家评议”专家 3 名",
        "专家入库",
    }
