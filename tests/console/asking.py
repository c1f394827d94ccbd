"""Asking the app for pages without a server between."""

import asyncio
from typing import Any

import httpx
from fastapi import FastAPI


class Client:
    """Sends requests as one browser does, from an address: it keeps cookies."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1") -> None:
        self._app = app
        self._address = address
        self._cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form, as a page of the console does."""
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        return self.request("POST", path, data=form or {"": ""}, headers=headers, **options)

    def upload(self, path: str, files: list[tuple[str, bytes]], form: dict[str, Any] | None = None) -> httpx.Response:
        """Send a form with files, as a page of the console does."""
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        sent = [("file", one) for one in files] or [("file", ("", b""))]
        return self.request("POST", path, data=form or {}, files=sent, headers=headers)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._request(method, path, options))

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=(self._address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=self._cookies) as client:
            answer = await client.request(method, path, **options)
            self._cookies = client.cookies
            return answer
