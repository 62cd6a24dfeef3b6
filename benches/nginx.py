"""nginx as a process of its own, with the configuration beside this file."""

import pathlib
import socket
import subprocess
import time

TEMPLATE = pathlib.Path(__file__).with_name("nginx.conf")
PATIENCE_SECONDS = 10


class Nginx:
    """Runs on a free port, on one core; opens the file of an object for each request, or keeps it open."""

    def __init__(self, folder, origin_port, launcher, keeps_files_open=False):
        self.port = free_port()
        folder.mkdir()
        values = {"{PORT}": str(self.port), "{ORIGIN}": str(origin_port), "{FOLDER}": str(folder)}
        values["{OPEN_FILES}"] = "max=4096 inactive=1h" if keeps_files_open else "off"
        text = TEMPLATE.read_text()
        for name, value in values.items():
            text = text.replace(name, value)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(text)
        self.command = [*launcher, "nginx", "-c", str(self.configuration), "-p", str(folder)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.port):
            assert self.process.poll() is None and time.monotonic() < deadline, "nginx did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)

    @property
    def pids(self):
        """The worker. The master and the processes that look after the cache do nothing for requests."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()]

    @staticmethod
    def version():
        return subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
