"""The entry of the process that holds the chat's streams: it answers nothing else."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from assistant.streams import Streams

application = Streams()
