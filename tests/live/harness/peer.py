"""A server for one client connection after the other, scripted.  SPDX-License-Identifier: MIT"""
import socket
import ssl
import threading
import time


class Gone(Exception):
    """The client closed the connection."""


class Peer:
    """One connection, seen from the server."""

    def __init__(self, sock, server):
        self.sock, self.server, self.buffer = sock, server, b""

    def raw(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone from error

    def say(self, *lines):
        self.raw(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\r\n" for line in lines))

    def read(self):
        try:
            data = self.sock.recv(65536)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        return data

    def line(self):
        while b"\r\n" not in self.buffer:
            self.buffer += self.read()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        self.server.heard.append(line.decode(errors="replace"))
        return line.decode(errors="replace")

    def exactly(self, size):
        while len(self.buffer) < size:
            self.buffer += self.read()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        self.server.heard.append(data.decode(errors="replace"))
        return data.decode(errors="replace")

    def waits(self, seconds):
        """Whether the client says nothing for so long."""
        self.sock.settimeout(seconds)
        try:
            self.buffer += self.read()
            return False
        except Gone as gone:
            if isinstance(gone.__cause__, TimeoutError):
                return True
            raise
        finally:
            self.sock.settimeout(None)

    def hang(self):
        """Says nothing more, but listens, until the client goes."""
        while True:
            self.read()

    def drip(self, data, seconds):
        """A byte at a time."""
        for byte in data:
            self.raw(bytes([byte]))
            time.sleep(seconds)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def start_tls(self, context):
        try:
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        self.server.heard.append("TLS")


def tls_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


class Server:
    """Talks as script.talk(peer) says; heard is what clients have sent, in lines."""

    def __init__(self, script, certificate, implicit_tls=True, host="127.0.0.1"):
        self.script, self.implicit_tls = script, implicit_tls
        self.context = tls_context(certificate)
        self.heard, self.peers, self.connections = [], [], 0
        self.listener = socket.socket()
        self.listener.bind((host, 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        peer = Peer(sock, self)
        self.peers.append(peer)
        try:
            if self.implicit_tls:
                peer.start_tls(self.context)
            self.script.talk(peer)
        except Gone:
            pass
        finally:
            peer.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            peer.close()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.close()
