"""The restore drill: what was backed up is there again, on the same engine and on the other; a damaged file is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ohs import create_app
from ohs.accounts.models import Organisation, User
from ohs.config import Config
from ohs.declarations.models import Declaration
from ohs.desk.demonstration import make_city
from ohs.kernel.backup import BackupError, read_backup, write_backup
from ohs.kernel.chain import seal_chain, verify_chain
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.registry.models import Employer, Worker
from ohs.surveillance.models import Examination
from ohs.surveillance.records import unseal_record
from tests.engines import ENGINES, fresh_database, make_app

MODELS = (Organisation, User, Employer, Worker, Declaration, Examination)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], str]:
    """A backup of a small city, with how many records of each kind it had and one worker's number."""
    app = make_app("sqlite")
    out = tmp_path_factory.mktemp("backup") / "ohs.zip"
    with app.app_context():
        session = db.session()
        make_city(session, employers=30, examinations=60, seed=3, on=today())
        seal_chain(session)
        session.commit()
        counts = {model.__name__: session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS}
        number = session.scalars(select(Worker).order_by(Worker.id)).first().id_number  # type: ignore[union-attr]
        write_backup(out)
    return out, counts, number


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_is_there_again(saved: tuple[Path, dict[str, int], str], engine: str, tmp_path: Path) -> None:
    path, counts, number = saved
    app = create_app(Config(database_url=fresh_database(engine), keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    with app.app_context():
        read_backup(path)
        session = db.session()
        assert {model.__name__: session.scalar(select(func.count()).select_from(model)) for model in MODELS} == counts
        assert session.scalars(select(Worker).order_by(Worker.id)).first().id_number == number  # type: ignore[union-attr]
        assert unseal_record(session.scalars(select(Examination)).first().sealed)["chief_physician"]  # type: ignore[union-attr]
        assert verify_chain(session).broken is None
        session.add(Organisation(kind="operator", region_code="330400", name="新机构"))
        session.flush()
        session.rollback()
        with pytest.raises(BackupError, match="not empty"):
            read_backup(path)


def test_a_damaged_backup_is_refused_before_anything_is_written(saved: tuple[Path, dict[str, int], str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(saved[0]) as whole, zipfile.ZipFile(broken, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            copy.writestr(name, content.replace("浙江省".encode(), "江苏省".encode()) if name == "tables/employer.jsonl" else content)
    app = create_app(Config(database_url=fresh_database("sqlite"), keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    with app.app_context(), pytest.raises(BackupError, match="employer"):
        read_backup(broken)
