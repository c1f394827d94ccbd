import httpx
import pytest

from flows.deploying import refusal_of

ASKED = httpx.Request("GET", "http://host.example:4200/api/work_pools/linxuan")


def answered(status: int) -> httpx.HTTPStatusError:
    return httpx.HTTPStatusError(f"{status} for {ASKED.url}", request=ASKED, response=httpx.Response(status))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ConnectError("All connection attempts failed"), "请启动那里的 Prefect 服务"),
        (answered(401), "PREFECT_API_AUTH_STRING"),
        (answered(403), "以 /api 结尾"),
        (answered(404), "以 /api 结尾"),
        (ValueError("no JSON"), "以 /api 结尾"),
        (answered(503), "稍后再部署一次"),
    ],
)
def test_server_that_takes_nothing_is_told_with_what_to_do_and_no_password(error, told):
    words = refusal_of(error, "http://admin:secret@host.example:4200/api").zh
    assert (told in words, "http://host.example:4200/api" in words, "secret" in words) == (True, True, False)


@pytest.mark.parametrize("url", ["host.example:4200/api", "admin:secret@host.example/api", "http://[::1"])
def test_address_that_is_none_is_told_as_such(url):
    words = refusal_of(httpx.UnsupportedProtocol("Request URL is missing a protocol"), url).zh
    assert ("请写成 http://主机:4200/api" in words, "secret" in words) == (True, False)
