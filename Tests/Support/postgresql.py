"""A PostgreSQL server of its own, in a temporary folder, on a Unix socket only."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.parse


def programs():
    """The folder of PostgreSQL's programs, 15 or later, or None."""
    folders = [f"/usr/lib/postgresql/{version}/bin" for version in range(30, 14, -1)]
    return next((pathlib.Path(folder) for folder in folders if os.path.exists(folder + "/initdb")), None)


class Server:
    def __init__(self, folder):
        self.folder = folder
        self.url = f"postgres://unefois@{urllib.parse.quote(str(folder), safe='')}/unefois"
        self.run("initdb", "-D", folder / "data", "-A", "trust", "-U", "unefois", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self.run("createdb", "-h", folder, "-U", "unefois", "unefois")

    def run(self, program, *arguments):
        # PostgreSQL refuses to run as root; its package makes a user for it.
        other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*other, str(programs() / program), *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
        if done.returncode:
            raise RuntimeError(done.stdout.decode(errors="replace"))
        return done.stdout.decode()

    def start(self):
        options = f"-k {self.folder} -c listen_addresses="
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start")

    def crash(self):
        """Ends it as a power cut would."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def value(self, sql):
        return self.run("psql", "-h", self.folder, "-U", "unefois", "-At", "-c", sql, "unefois").strip()


@contextlib.contextmanager
def server():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="unefois-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        running = Server(folder)
        try:
            yield running
        finally:
            with contextlib.suppress(RuntimeError):
                running.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
