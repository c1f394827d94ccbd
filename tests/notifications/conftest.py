from datetime import datetime

import pytest

from deadlines import SHANGHAI
from notifications import Letter, message_id


@pytest.fixture
def letter() -> Letter:
    return Letter(
        message_id=message_id("2019-07-25|江阳区人社局"),
        recipient="江阳区人力资源和社会保障局",
        address="jiangyang@example.cn",
        subject="【遴选提醒】2019年泸州市首席技师：推荐·市级受理将于7月30日截止（2件）",
        body="江阳区人力资源和社会保障局：\n\n　　您好！涉及申报1件：\n　　　　1. LZ-0001　陈立秋\n",
        written_at=datetime(2019, 7, 25, 9, 0, tzinfo=SHANGHAI),
    )
