"""Prefect's API as its own pages ask it: with the token that keeps other pages out."""

from typing import Any

import httpx

from tests.cli.test_supervisor import wait_until


class PrefectApi:
    """Asks one server. A connection and its token are kept: a new one of each costs both sides more than an answer."""

    def __init__(self, url: str, auth: tuple[str, str] | None = None) -> None:
        self._client = httpx.Client(base_url=url, auth=auth, timeout=30)

    def ask(self, path: str, body: Any = None, method: str = "POST", patience: float = 120) -> Any:
        """Ask until somebody answers; a server that is away, or too busy, is asked again, as Prefect's client does."""
        answered: list[httpx.Response] = []

        def asked() -> bool:
            try:
                if "Prefect-Csrf-Token" not in self._client.headers:
                    token = self._client.get("/csrf-token", params={"client": "test"}).raise_for_status()
                    self._client.headers.update(
                        {"Prefect-Csrf-Token": token.json()["token"], "Prefect-Csrf-Client": "test"}
                    )
                answered.append(self._client.request(method, path, json=body))
            except httpx.HTTPError:
                return False
            return answered[-1].status_code < httpx.codes.INTERNAL_SERVER_ERROR

        assert wait_until(asked, patience), path
        done = answered[-1].raise_for_status()
        return done.json() if done.content else None

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
