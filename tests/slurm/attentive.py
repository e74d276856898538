"""Snakemake that looks at its jobs once a second.

After each look that finds no end, the plugin waits ten seconds longer before the next one. That spares a real
cluster's controller; here it is most of what the tests would wait for.
"""

from snakemake.cli import main
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor

SECONDS = 1

if __name__ == "__main__":
    RemoteExecutor.next_seconds_between_status_checks = property(lambda _: SECONDS, lambda *_: None)
    main()
