"""Reads answers off a connection as RFC 9112 delimits them: a byte too many or too few is seen at the next one."""
import re
import socket

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")
CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding: *chunked\r\n")


class Stream:
    """Answers as they come over a connection."""

    def __init__(self, connection):
        self.connection, self.data, self.place = connection, b"", 0

    def answer(self, is_head=False):
        """(status, body, whether it ends the connection) of the next, or None where the connection ends first."""
        try:
            start = self.place
            end = self._find(b"\r\n\r\n", start)
            head, start = self.data[self.place:end + 2], end + 4
            status = STATUS.match(head)
            if not status:
                raise ValueError(f"no answer but {head[:200]!r}")
            self.place = start
            if status[1] == b"100":
                return self.answer(is_head)
            length = LENGTH.search(head)
            if is_head:
                body = b""
            elif length:
                body = self._take(int(length[1]))
            elif CHUNKED.search(head):
                body = self._chunks()
            else:
                raise ValueError(f"an answer without an end: {head[:200]!r}")
            return int(status[1]), body, b"\r\nconnection: close" in head.lower()
        except EOFError:
            return None

    def _chunks(self):
        parts = []
        while True:
            end = self._find(b"\r\n", self.place)
            size = int(self.data[self.place:end], 16)
            self.place = end + 2
            parts.append(self._take(size))
            self._take(2)
            if not size:
                return b"".join(parts)

    def _take(self, size):
        while len(self.data) - self.place < size:
            self._more()
        self.place += size
        return self.data[self.place - size:self.place]

    def _find(self, text, start):
        while (end := self.data.find(text, start)) < 0:
            start -= self.place
            self._more()
            start += self.place
        return end

    def _more(self):
        try:
            more = self.connection.recv(1 << 18)
        except ConnectionResetError:
            more = b""
        if not more:
            raise EOFError
        self.data, self.place = self.data[self.place:] + more, 0


    def rest(self):
        """What is left until the connection ends; nothing may follow the last answer."""
        try:
            while True:
                self._more()
        except EOFError:
            return self.data[self.place:]


def exchange(address, data, half_close=False, seconds=30):
    """Sends bytes on a connection of their own. Gives (statuses and bodies of its answers, whether the hub ended it)."""
    answers = []
    with socket.create_connection(address, timeout=seconds) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        stream = Stream(connection)
        try:
            while answer := stream.answer():
                answers.append(answer[:2])
        except TimeoutError:
            return answers, False
    return answers, True
