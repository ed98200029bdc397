"""Several UneFois on one PostgreSQL, and how long a revocation takes to reach each of them."""
import base64
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.parse

import postgresql
import unefois_server

TRY = {"grant": "/privileges", "vendor": "/editeur/api/v1/delegations"}


class Node:
    def __init__(self, base, process):
        self.address, self.process = urllib.parse.urlsplit(base).netloc, process

    def status(self, token, kind="grant"):
        """What it answers to a token; 0 where it does not."""
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            return ask(connection, token, kind)
        except OSError:
            return 0
        finally:
            connection.close()

    def health(self):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request("GET", "/health")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


def ask(connection, token, kind):
    connection.request("GET", TRY[kind], headers={"Authorization": "Bearer " + token})
    response = connection.getresponse()
    response.read()
    return response.status


class Cluster:
    """Nodes with a folder each, and the commands that an operator gives on the first."""

    def __init__(self, folder, server, nodes, binary):
        self.folder, self.server, self.nodes, self.binary = folder, server, nodes, binary

    def command(self, *arguments, input=""):
        environment = {**os.environ, "UNEFOIS_DATABASE": self.server.url}
        command = [str(self.binary), *map(str, arguments), "--data", str(self.folder / "node1/data")]
        done = subprocess.run(command, env=environment, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              cwd=unefois_server.ROOT)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout.strip()

    def grant(self):
        return "grant", self.command("token", "create", "--quiet", "--scope", "cnaf_quotient_familial")

    def vendor(self, vendor):
        return "vendor", self.command("editor", "token", "--quiet", vendor)

    def copy(self, count):
        """Copies the only grant and its token under so many names."""
        for table, names in (("grants", ["id"]), ("tokens", ["id", "grant_id"])):
            columns = self.server.value(f"SELECT string_agg(column_name, ',') FROM information_schema.columns "
                                        f"WHERE table_name = '{table}'").split(",")
            values = ", ".join(f"{column} || '-' || n" if column in names else column for column in columns)
            self.server.value(f"INSERT INTO {table} ({', '.join(columns)}) "
                              f"SELECT {values} FROM {table}, generate_series(1, {count}) AS numbers (n)")

    def accepted(self, kind, token, seconds=5):
        """Waits until every node accepts the token."""
        deadline = time.monotonic() + seconds
        while any(node.status(token, kind) != 200 for node in self.nodes):
            if time.monotonic() > deadline:
                raise RuntimeError(f"a {kind} token is not accepted: {[node.status(token, kind) for node in self.nodes]}")
            time.sleep(0.02)

    def revoke(self, kind, token):
        """Revokes a token; the delay of each node in milliseconds, from the date of the revocation in the database."""
        identifier = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["jti"]
        ready = threading.Barrier(len(self.nodes) + 1)
        with concurrent.futures.ThreadPoolExecutor(len(self.nodes)) as pool:
            watches = [pool.submit(watch, node, token, kind, ready) for node in self.nodes]
            ready.wait()
            self.command("token" if kind == "grant" else "editor", "revoke", identifier)
            refused = [watch.result() for watch in watches]
        table = "tokens" if kind == "grant" else "vendor_tokens"
        revoked = int(self.server.value(f"SELECT revoked_at FROM {table} WHERE id = '{identifier}'"))
        return [instant - revoked for instant in refused]


def watch(node, token, kind, ready):
    """Calls without pause; when it was refused for the first time, in milliseconds since 1970."""
    connection = http.client.HTTPConnection(node.address, timeout=10)
    ready.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = ask(connection, token, kind)
        if status == 401:
            return time.time() * 1000
        if status != 200:
            raise RuntimeError(f"{node.address} answers {status}")
        time.sleep(0.002)
    raise RuntimeError(f"{node.address} still accepts a revoked token")


@contextlib.contextmanager
def cluster(folder, count=3, binary=None, stored=0):
    """`count` nodes started at once, with one key of the cluster and nothing else in common, on an empty database, or on one
    that holds so many grants."""
    folder, binary = pathlib.Path(folder), binary or unefois_server.executable()
    key = os.urandom(32)
    for number in range(1, count + 1):
        place = folder / f"node{number}/data/keys"
        place.mkdir(parents=True)
        place.parent.chmod(0o700)
        (place / "cluster.key").write_bytes(key)
        (place / "cluster.key").chmod(0o600)
    with postgresql.server() as server, contextlib.ExitStack() as stack:
        if stored:
            first = Cluster(folder, server, [], binary)
            first.grant()
            first.copy(stored)
        starts = []
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            for number in range(1, count + 1):
                environment = {"UNEFOIS_DATABASE": server.url, "UNEFOIS_NODE": f"node{number}"}
                context = unefois_server.unefois(
                    folder / f"node{number}", "--no-sandbox", binary=binary, environment=environment)
                starts.append((context, pool.submit(context.__enter__)))
            nodes = []
            for context, start in starts:
                start.result()
                stack.push(context.__exit__)
                nodes.append(Node(*start.result()))
        yield Cluster(folder, server, nodes, binary)
