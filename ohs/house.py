"""The house put together: every part and every area, in the order of the floors."""

from __future__ import annotations

from flask import Flask

from ohs import accounts, cases, declarations, desk, records, registry, rulebook, surveillance, uploads
from ohs.config import ROOT, Config
from ohs.kernel import backup, commands, crypto, database, i18n, liveness, logs, messaging, queue, screens, web

#: Every area that offers addresses or commands, in the order of the floors.
AREAS = (rulebook, accounts, uploads, registry, cases, surveillance, declarations, desk)


def build(config: Config | None = None) -> Flask:
    """The application with all its parts hung on; settings from the environment where none are given."""
    config = config or Config.from_environment()
    app = Flask("ohs", root_path=str(ROOT / "ohs"), template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.from_mapping(config.for_flask())
    app.extensions["metadata"] = records.METADATA
    for part in (logs, database, crypto, liveness, queue, i18n, web, screens, messaging, commands, backup, *AREAS):
        part.init_app(app)
    return app
