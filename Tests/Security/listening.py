"""A running hub as its attackers see it: an address; and as its operator does: is it well, and how large."""
import urllib.parse

import unefois_server


class Listening:
    def __init__(self, base, process, token):
        self.base, self.process, self.token = base, process, token
        host, port = urllib.parse.urlsplit(base).netloc.split(":")
        self.address = (host, int(port))

    def is_well(self):
        return self.process.poll() is None and unefois_server.answers(self.base + "/health")

    def memory(self):
        """Resident, in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
