"""What a command says when it does nothing: one sentence in the language of this system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from ohs.kernel.i18n import say
from ohs.kernel.message import Message


class Refusal(click.ClickException):
    """What was asked is refused; exit 1."""

    def __init__(self, message: Message) -> None:
        super().__init__(say(message))

    def show(self, file: Any = None) -> None:
        """The sentence alone."""
        click.echo(self.message, file=file, err=True)


class WrongCommand(Refusal):
    """The command itself is wrong: no such format, file or option; exit 2."""

    exit_code = 2


class Command(click.Command):
    """A command whose missing arguments and unknown options are told like everything else."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> Sequence[str]:  # type: ignore[override]
        """Read the arguments; what is wrong with them is one sentence and exit 2."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            raise WrongCommand(Message("%(wrong)s Usage: %(usage)s", wrong=_said(wrong), usage=self._usage(ctx))) from wrong

    def _usage(self, ctx: click.Context) -> str:
        return " ".join((ctx.command_path, *self.collect_usage_pieces(ctx)))


def _said(wrong: click.UsageError) -> Message:
    values: Mapping[str, Any] = vars(wrong)
    if isinstance(wrong, click.MissingParameter):
        return Message("%(name)s is missing.", name=_name(wrong.param))
    if isinstance(wrong, click.NoSuchOption):
        return Message("There is no option %(name)s.", name=wrong.option_name)
    if isinstance(wrong, click.BadOptionUsage):
        return Message("The option %(name)s is not written as it should be.", name=wrong.option_name)
    if isinstance(wrong, click.BadParameter) and values.get("param") is not None:
        return Message("%(name)s cannot be read.", name=_name(wrong.param))
    return Message("There are more arguments than the command takes.")


def _name(parameter: click.Parameter | None) -> str:
    if parameter is None:
        return ""
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.make_metavar(click.get_current_context())
