"""The same workbook through django-import-export in bulk mode, installed for it into a throwaway folder.

Run as a script by that environment it is the candidate itself: one model with a field for each column, imported with `use_bulk` and
`skip_diff`. It does the part of the work that it knows: values are read by their fields' widgets, what is required is checked by the
model, and a card that is on file already is corrected (all cards are looked up at once). `bare` leaves the last two out. Nothing is
matched, sealed or counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGES = ("django", "django-import-export[xlsx]")
BATCH = 1000


class Django:
    """django-import-export where it can be had."""

    def __init__(self, folder: Path, workbook: Path) -> None:
        self.folder, self.workbook = folder / "django", workbook
        wheel = next((Path(__file__).resolve().parent.parent / "vendor").glob("pip-*.whl"))
        command = [
            sys.executable,
            f"{wheel}/pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--target",
            str(self.folder),
        ]
        self.is_ready = subprocess.run([*command, *PACKAGES], check=False).returncode == 0
        if not self.is_ready:
            sys.stderr.write("  Django could not be installed: the index cannot be reached; it is left out\n")

    def run(self, *, is_bare: bool = False) -> dict[str, Any]:
        """What one import took."""
        from imports.examinations import COLUMNS

        fields = self.folder / "fields.json"
        fields.write_text(json.dumps([[column.key, column.heading, str(column.type.dtype), column.required] for column in COLUMNS]))
        database = self.folder / "django.sqlite3"
        database.unlink(missing_ok=True)
        command = [sys.executable, "-I", __file__, str(self.folder), str(self.workbook), str(database), *(["bare"] if is_bare else [])]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
        return told


def candidate(folder: Path, workbook: Path, database: Path, way: str = "") -> dict[str, Any]:
    """Import the workbook and tell what it took."""
    import resource
    import time

    sys.path.insert(0, str(folder))
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}},
        INSTALLED_APPS=["import_export"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        IMPORT_EXPORT_USE_TRANSACTIONS=True,
    )
    django.setup()
    from django.db import connection, models
    from import_export import fields, resources, widgets
    from import_export.formats.base_formats import XLSX
    from import_export.instance_loaders import CachedInstanceLoader

    kinds: dict[str, tuple[Any, Any]] = {
        "Float64": (models.FloatField, widgets.FloatWidget),
        "Int64": (models.IntegerField, widgets.IntegerWidget),
        "Date": (models.DateField, widgets.DateWidget),
    }
    text = (models.TextField, widgets.CharWidget)
    columns = json.loads((folder / "fields.json").read_text())
    own = {"__module__": "bench", "Meta": type("Meta", (), {"app_label": "bench"})}
    model = type(
        "Examination",
        (models.Model,),
        own
        | {
            key: kinds.get(kind, text)[0](null=True, blank=not required, db_index=key == "card_no")
            for key, _heading, kind, required in columns
        },
    )
    options = {
        "model": model, "fields": [key for key, *_rest in columns], "import_id_fields": ["card_no"], "use_bulk": True, "batch_size": BATCH,
        "skip_diff": True, "skip_html_diff": True, "report_skipped": False, "use_transactions": True,
        "force_init_instance": way == "bare", "clean_model_instances": way != "bare", "instance_loader_class": CachedInstanceLoader,
    }  # fmt: skip
    made = {
        key: fields.Field(attribute=key, column_name=heading, widget=kinds.get(kind, text)[1]())
        for key, heading, kind, _required in columns
    }
    resource_class = type("ExaminationResource", (resources.ModelResource,), made | {"Meta": type("Meta", (), options)})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    before = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.perf_counter()
    dataset = XLSX().create_dataset(workbook.read_bytes())
    result = resource_class().import_data(dataset, raise_errors=True)
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_SELF)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "processor": processor, "memory_mib": after.ru_maxrss / 1024, "rows": result.totals["new"]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(candidate(*map(Path, sys.argv[1:4]), *sys.argv[4:])) + "\n")
