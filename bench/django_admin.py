"""Django's admin over the same rows: its changelist of examinations, with the same columns, filters and search.

Installed for it into a throwaway folder, and run there as a script of its own; only the file of SQLite is shared.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("django",)
#: Its pages have a hundred rows unless told otherwise; ours have fifty.
PAGE_SIZE = 50
PAGES = {"first page": "", "middle": "?p={middle}", "county": "?county_code=330481"}
OURS = {"first page": "", "middle": "cursor=MIDDLE", "county": "county=330481"}


def lines(server: Any, app: Any, client: Any, budget: float, repeats: int) -> Iterator[Any]:
    """How many of our pages go into one of Django's."""
    from bench.lists import address, opened
    from bench.measure import Line, medians, say

    if server.engine != "sqlite":
        return
    folder = server.folder / "django"
    wheel = next((ROOT / "vendor").glob("pip-*.whl"))
    command = [sys.executable, f"{wheel}/pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--target", str(folder)]
    if subprocess.run([*command, *PACKAGES], check=False).returncode != 0:
        say("  Django could not be installed: the index cannot be reached; its changelist is left out")
        return
    answer = subprocess.run(
        [sys.executable, "-I", __file__, str(folder), str(server.folder / "large.sqlite3"), str(repeats)], check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    theirs: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    for title, query in OURS.items():
        mine = medians({"ours": opened(client, address(app, query))}, repeats)["ours"]
        yield Line(
            f"{server.engine}: Django-admin changelist / our list, {title}", theirs[title] / mine, budget, "at least",
            detail=f"{theirs[title] * 1000:.0f} ms / {mine * 1000:.0f} ms",
        )  # fmt: skip


def candidate(folder: Path, database: Path, repeats: int) -> None:
    """Serve the changelist and tell the seconds of each page."""
    sys.path.insert(0, str(folder))
    (folder / "rows").mkdir(exist_ok=True)
    (folder / "rows" / "__init__.py").touch()
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="bench_urls", USE_TZ=False, DEBUG=False, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "own.sqlite3")},
            "rows": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)},
        },
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "rows", "django.contrib.sessions", "django.contrib.messages"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
            ]},
        }],
        STATIC_URL="/static/",
    )  # fmt: skip
    django.setup()
    _site()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser("bench", password="bench"))
    count = _examination.objects.using("rows").count()
    told = {}
    for title, query in PAGES.items():
        page = f"/admin/rows/examination/{query.format(middle=count // PAGE_SIZE // 2)}"
        taken = []
        for _turn in range(repeats + 1):
            begun = time.perf_counter()
            answer = client.get(page)
            assert answer.status_code == 200, (page, answer.status_code)
            taken.append(time.perf_counter() - begun)
        told[title] = statistics.median(taken[1:])
    sys.stdout.write(json.dumps(told) + "\n")


_examination: Any = None


def _site() -> None:
    """The models as they stand in the file, and the admin's list of examinations."""
    global _examination
    import types

    from django.contrib import admin
    from django.db import models
    from django.urls import path

    def table(name: str, /, **fields: Any) -> Any:
        meta = type("Meta", (), {"app_label": "rows", "managed": False, "db_table": name})
        return type(
            name.title(),
            (models.Model,),
            {"__module__": "rows", "Meta": meta, "__str__": lambda self: getattr(self, "name", str(self.pk)), **fields},
        )

    worker, employer, clinic = (table(name, name=models.CharField(max_length=200)) for name in ("worker", "employer", "organisation"))
    link = lambda model, name: models.ForeignKey(model, models.DO_NOTHING, related_name=name)  # noqa: E731
    _examination = table(
        "examination", card_no=models.CharField(max_length=40), worker=link(worker, "+"), employer=link(employer, "+"), clinic=link(clinic, "+"),
        county_code=models.CharField(max_length=20), post=models.CharField(max_length=40), phase=models.CharField(max_length=20),
        examined_on=models.DateField(), conclusions=models.CharField(max_length=10),
    )  # fmt: skip

    class ExaminationAdmin(admin.ModelAdmin):  # type: ignore[misc,type-arg]
        list_display = ("worker", "employer", "county_code", "post", "phase", "examined_on", "clinic", "conclusions")
        list_select_related = ("worker", "employer", "clinic")
        list_filter = ("county_code", "phase")
        search_fields = ("card_no",)
        ordering = ("-examined_on", "-id")
        list_per_page = PAGE_SIZE

        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).using("rows")

    admin.site.register(_examination, ExaminationAdmin)
    urls = types.ModuleType("bench_urls")
    urls.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    sys.modules["bench_urls"] = urls


if __name__ == "__main__":
    candidate(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
