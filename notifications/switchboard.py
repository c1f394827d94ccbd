"""One channel of several: each letter goes by that of its address."""

from collections.abc import Mapping, Sequence

from notifications.channels import Channel, DeliveryFailed
from notifications.kinds import ChannelKind
from notifications.letters import Letter
from programs import Words


class Switchboard(Channel):
    """Delivers each letter by the channel of its kind; so many at once as that of mail has connections."""

    def __init__(self, channels: Mapping[ChannelKind, Channel]) -> None:
        self._channels = dict(channels)

    def deliver(self, letter: Letter) -> str | None:
        """Deliver the letter; a kind that is not set up takes none, so that its recipient's next address is tried."""
        channel = self._channels.get(letter.by)
        if channel is None:
            raise DeliveryFailed(
                Words(
                    "没有设置{kind}；请在通知方式的配置文件中设置，或另设收件地址",
                    "{kind} is not set up; set it up, or give another address",
                ).format(kind=letter.by.label),
                permanent=True,
            )
        return channel.deliver(letter)

    def beside(self) -> Sequence["Switchboard"]:
        """Return as many others as mail has."""
        others = self._channels[ChannelKind.MAIL].beside()
        return [Switchboard(self._channels | {ChannelKind.MAIL: one}) for one in others]

    def close(self) -> None:
        """Let go of what the channels keep open."""
        for channel in self._channels.values():
            channel.close()
