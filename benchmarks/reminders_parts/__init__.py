"""Parts of the benchmark of reminders."""
