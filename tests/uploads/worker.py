"""A worker in a process of its own, as quickly begun as it is killed: forked from a server that has imported everything once."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess

from flask import current_app

from ohs import create_app
from ohs.config import Config

#: Nobody waits longer for what a worker ought to do.
PATIENCE = 120.0


def serve(config: Config) -> None:
    """Serve the queue until killed, as `flask worker` does."""
    app = create_app(config)
    with app.app_context():
        current_app.extensions["queue"].work(1)


@contextmanager
def working(config: Config) -> Iterator[ForkServerProcess]:
    """A worker that is killed at the end, wherever it is, unless it has been killed before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=serve, args=(config,), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Look until something is so."""
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() - begun > PATIENCE:
            raise AssertionError(f"in {PATIENCE:.0f} s it did not happen that {what}")
        time.sleep(0.01)
