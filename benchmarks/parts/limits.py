"""What is allowed: every measurement is printed, and a run that breaks a limit ends as a failure that names it."""

from dataclasses import dataclass, field


@dataclass
class Limits:
    """Limits of one run, and those that it did not keep to."""

    broken: list[str] = field(default_factory=list)

    def at_most(self, what: str, measured: float, most: float, unit: str) -> None:
        """Note a measurement that may not be above its limit."""
        if measured > most:
            self.broken.append(f"{what}: {measured:.4g} {unit}, at most {most:g} are allowed")

    def at_least(self, what: str, measured: float, least: float, unit: str) -> None:
        """Note a measurement that may not be below its limit."""
        if measured < least:
            self.broken.append(f"{what}: {measured:.4g} {unit}, at least {least:g} are asked")

    def end(self) -> None:
        """End the run with exit code 1 and a line for each limit that was broken; else nothing."""
        if self.broken:
            raise SystemExit("\n".join(["limits not kept:", *(f"  {one}" for one in self.broken)]))
