"""Which reminders are owed, their texts, the channels that deliver them."""

from notifications.channels import Channel, DeliveryFailed, FileChannel, MemoryChannel, SmtpChannel
from notifications.hours import next_working_instant, working_days_left
from notifications.letters import Item, Letter, Letterhead, Links, Nominated, compose, message_id
from notifications.owed import Owed, OwedKind, arrival_reminder, deadline_reminders, invitation, notice
from notifications.retries import next_attempt
from notifications.tasks import task_at

__all__ = [
    "Channel",
    "DeliveryFailed",
    "FileChannel",
    "Item",
    "Letter",
    "Letterhead",
    "Links",
    "MemoryChannel",
    "Nominated",
    "Owed",
    "OwedKind",
    "SmtpChannel",
    "arrival_reminder",
    "compose",
    "deadline_reminders",
    "invitation",
    "message_id",
    "next_attempt",
    "next_working_instant",
    "notice",
    "task_at",
    "working_days_left",
]
