"""A small mail server for tests: speaks enough SMTP to take letters, and refuses what it is told to refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from ohs.config import Smtp


@dataclass
class Letterbox:
    """What a server has taken, and what it refuses."""

    letters: list[EmailMessage] = field(default_factory=list)
    #: Answer to a command instead of taking it: `{"MAIL": "451 later"}`.
    refuses: dict[str, str] = field(default_factory=dict)
    #: Commands at which the server says nothing more, and those at which it hangs up; `TAKEN` is the end of a letter.
    hangs: set[str] = field(default_factory=set)
    drops: set[str] = field(default_factory=set)
    released: threading.Event = field(default_factory=threading.Event)
    signed_in: list[str] = field(default_factory=list)
    connections: int = 0


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Letterbox = self.server.box  # type: ignore[attr-defined]
        box.connections += 1
        self._say("220 test")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words.partition(" ")[0].upper()
            if self._fails(box, verb):
                return
            if verb in box.refuses:
                self._say(box.refuses[verb])
            elif verb == "EHLO":
                self._say("250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                box.signed_in.append(words)
                self._say("235 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self._take(box)
                if self._fails(box, "TAKEN"):
                    return
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _fails(self, box: Letterbox, verb: str) -> bool:
        if verb in box.hangs:
            box.released.wait(20)
        return verb in box.hangs or verb in box.drops

    def _take(self, box: Letterbox) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        letter = message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(letter, EmailMessage)
        box.letters.append(letter)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def mail_server(**given: str) -> Iterator[tuple[Smtp, Letterbox]]:
    """A server in a thread, with the settings that reach it."""
    box = Letterbox()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield Smtp("127.0.0.1", server.server_address[1], "ohs@example.invalid", tls="none", **given), box
        finally:
            box.released.set()
            server.shutdown()
            thread.join(5)
