"""A TCP proxy that can grow slow, deaf or dead.  SPDX-License-Identifier: MIT"""
import socket
import threading
import time


class Proxy:
    """Between a client and 127.0.0.1:target."""

    def __init__(self, target, delay=0.0, cut_after=None):
        self.target, self.delay = target, delay
        self.cut_after = cut_after      # bytes from the server, then the connection is reset
        self.connections = self.from_server = 0  # from_server: bytes
        self.round_trips = 0            # times the client spoke after the server had
        self.socks, self.lock = [], threading.Lock()
        self.forgotten = set()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def forget(self):
        """Packets of the connections that there are vanish both ways, as in a box that forgot them."""
        self.forgotten = set(self.socks)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.socks += [client, server]
            turn = {"server spoke": True}
            for source, sink, from_server in ((client, server, False), (server, client, True)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.move, args=(source, sink, from_server, turn), daemon=True).start()

    def move(self, source, sink, from_server, turn):
        moved = 0
        try:
            while data := source.recv(65536):
                if source in self.forgotten:
                    continue
                self.count(from_server, turn)
                time.sleep(self.delay)
                moved += len(data)
                self.from_server += len(data) if from_server else 0
                if from_server and self.cut_after is not None and moved > self.cut_after:
                    sink.sendall(data[:len(data) - (moved - self.cut_after)])
                    break
                sink.sendall(data)
        except OSError:
            pass
        if source not in self.forgotten:
            for sock in (source, sink):
                shut(sock)

    def count(self, from_server, turn):
        with self.lock:
            if not from_server and turn["server spoke"]:
                self.round_trips += 1
            turn["server spoke"] = from_server

    def close(self):
        for sock in (self.listener, *self.socks):
            shut(sock)
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def shut(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
