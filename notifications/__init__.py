"""Which reminders are owed, their texts, the channels that deliver them."""

from notifications.channels import Channel, DeliveryFailed, FileChannel, MemoryChannel, SmtpChannel
from notifications.hours import next_working_instant, working_days_left
from notifications.kinds import ChannelKind, shown_address, shown_answer
from notifications.letters import Item, Letter, Letterhead, Links, Nominated, compose, message_id
from notifications.owed import Owed, OwedKind, arrival_reminder, deadline_reminders, invitation, notice
from notifications.retries import NOTHING_TRIED, REFUSED, Next, Tried, failed_at, next_try
from notifications.robots import Robot, RobotChannel, robot_of
from notifications.sms import SmsChannel
from notifications.switchboard import Switchboard
from notifications.tasks import task_at

__all__ = [
    "NOTHING_TRIED",
    "REFUSED",
    "Channel",
    "ChannelKind",
    "DeliveryFailed",
    "FileChannel",
    "Item",
    "Letter",
    "Letterhead",
    "Links",
    "MemoryChannel",
    "Next",
    "Nominated",
    "Owed",
    "OwedKind",
    "Robot",
    "RobotChannel",
    "SmsChannel",
    "SmtpChannel",
    "Switchboard",
    "Tried",
    "arrival_reminder",
    "compose",
    "deadline_reminders",
    "failed_at",
    "invitation",
    "message_id",
    "next_try",
    "next_working_instant",
    "notice",
    "robot_of",
    "shown_address",
    "shown_answer",
    "task_at",
    "working_days_left",
]
