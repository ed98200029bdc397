"""The programs that pages show, taken out of their HTML and run with the tools of this machine."""
import html
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.parse

TOOLS = {  # language: (tool, file, command; {file} and {folder} are filled in)
    "curl": ("curl", "call.sh", ["bash", "{file}"]),
    "python": ("python3", "call.py", ["python3", "{file}"]),
    "javascript": ("node", "call.mjs", ["node", "{file}"]),
    "ruby": ("ruby", "call.rb", ["ruby", "{file}"]),
    "php": ("php", "call.php", ["php", "{file}"]),
    "java": ("java", "Appel.java", ["java", "{file}"]),
    "swift": ("swiftc", "call.swift", ["sh", "-c", "swiftc -o {folder}/call {file} && {folder}/call"]),
}


def of_page(text, group=None):
    """The programs of a page by language; those of one operation where it has several."""
    found = {}
    for match in re.finditer(r'<details class="uf-fold uf-sample" name="exemples-([^"]+)".*?</details>', text, re.S):
        code = re.search(r'<code class="language-(\w+)">(.*?)</code>', match[0], re.S)
        if group in (None, match[1]):
            found.setdefault(code[1], html.unescape(code[2]))
    return found


def missing(language):
    """The name of the tool that this machine lacks for the language; None where it is there."""
    tool = TOOLS[language][0]
    if not shutil.which(tool):
        return tool
    if language == "php" and "curl" not in subprocess.run(["php", "-m"], capture_output=True, text=True).stdout:
        return "php-curl"
    return None


def run(language, program, **environment):
    """What the program writes."""
    _, name, command = TOOLS[language]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / name
        file.write_text(program, encoding="utf-8")
        words = [word.replace("{file}", str(file)).replace("{folder}", folder) for word in command]
        done = subprocess.run(words, capture_output=True, timeout=300,
                              env={**os.environ, "LC_ALL": "C.UTF-8", **environment})
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout.decode()


class Echo:
    """A server that remembers what it was asked: `with Echo() as echo`, then `echo.url` and `echo.calls`."""

    def __enter__(self):
        calls = self.calls = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                values = urllib.parse.parse_qsl(query, keep_blank_values=True)
                calls.append((path, values, self.headers["Authorization"]))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
