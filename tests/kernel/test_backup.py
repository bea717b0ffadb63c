"""The restore drill: what was backed up is there again, on the same engine and on the other; a damaged file is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ohs import create_app
from ohs.accounts.models import Organisation, User
from ohs.config import Config
from ohs.declarations.models import Declaration
from ohs.desk.demonstration import make_city
from ohs.kernel import backup
from ohs.kernel.backup import BackupError, check_backup, read_backup, write_backup
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


def _spoiled(whole: bytes, how: str) -> bytes:
    match how:
        case "cut":
            return whole[: len(whole) // 2]
        case "flipped":
            middle = len(whole) // 2
            return whole[:middle] + bytes(byte ^ 0xFF for byte in whole[middle : middle + 64]) + whole[middle + 64 :]
        case "empty":
            return b""
        case "text":
            return "不是备份".encode()
    manifest = {"list": b"[]", "nothing": b"{}", "no rows": b'{"columns": {"user": []}, "counts": {}, "digests": {}, "keys": ""}'}[how]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("keys.json", "{}")
    return made.getvalue()


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "text", "list", "nothing", "no rows"])
def test_a_file_that_is_no_whole_backup_of_ours_is_refused_in_one_sentence(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path, how: str
) -> None:
    path = tmp_path / "given.zip"
    path.write_bytes(_spoiled(saved[0].read_bytes(), how))
    app = create_app(Config(database_url=fresh_database("sqlite"), keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    ended = app.test_cli_runner().invoke(args=["restore", str(path)])
    assert ended.exit_code == 1 and isinstance(ended.exception, SystemExit)
    assert ended.output.startswith("Error: ") and len(ended.output.splitlines()) == 1
    assert not (tmp_path / "keys.json").exists()


def test_only_its_owner_can_read_a_backup_while_it_grows_and_the_keys_that_came_back(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    monkeypatch.setattr(backup, "check_backup", lambda path: modes.append(path.stat().st_mode & 0o777) or check_backup(path))
    app = create_app(Config(database_url=fresh_database("sqlite"), keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    with app.app_context():
        read_backup(saved[0])
        write_backup(tmp_path / "again.zip")
    assert modes[-1] == 0o600
    assert (tmp_path / "again.zip").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_place_where_nothing_can_be_written_gets_one_sentence(tmp_path: Path) -> None:
    app = create_app(Config(database_url=fresh_database("sqlite"), keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True))
    ended = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "nowhere" / "ohs.zip")])
    assert ended.exit_code == 1 and ended.output.startswith("Error: ") and len(ended.output.splitlines()) == 1
