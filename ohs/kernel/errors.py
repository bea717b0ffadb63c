"""What a rule says when it says no."""

from ohs.kernel.message import Message


class DomainError(Exception):
    """A rule refuses a deed. `message` is fit to show; one handler rolls back and renders it with `status`."""

    def __init__(self, message: Message, status: int = 409) -> None:
        super().__init__(str(message))
        self.message = message
        self.status = status
