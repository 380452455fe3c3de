"""The network between the host and the broker: passes bytes on, cuts connections, holds bytes back.

What is held reaches the other side when the network goes on, also when its sender has given up by
then: as a request that is late.
"""

import socket
import threading


class Network:
    """Use in a `with`. Listens on `port`, passes everything on to the broker's port."""

    def __init__(self, port, broker_port):
        self.broker_port = broker_port
        self.listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.flows = threading.Event()
        self.flows.set()
        self.is_cut = False
        self.lock = threading.Lock()
        self.connections = set()
        self.closed = 0  # Connections that a cut has ended or refused.
        self.held = 0  # Bytes that a hold has kept back.

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.flows.set()
        self.listener.close()

    def cut(self):
        """Ends all connections and refuses new ones; `mend` ends it."""
        self.closed = 0
        self.is_cut = True
        with self.lock:
            for connection in self.connections:
                self.closed += 1
                shut(connection)

    def hold(self):
        """Keeps all bytes back, of new connections too; `mend` ends it."""
        self.held = 0
        self.flows.clear()

    def mend(self):
        self.is_cut = False
        self.flows.set()

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client):
        try:
            if self.is_cut:
                self.closed += 1
                raise ConnectionRefusedError
            broker = socket.create_connection(("127.0.0.1", self.broker_port))
        except OSError:
            client.close()
            return
        for connection in (client, broker):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            self.connections |= {client, broker}
        back = threading.Thread(target=self._pass, args=(broker, client), daemon=True)
        back.start()
        self._pass(client, broker)
        back.join()
        with self.lock:
            self.connections -= {client, broker}
        client.close()
        broker.close()

    def _pass(self, source, target):
        try:
            while data := source.recv(1 << 16):
                if not self.flows.is_set():
                    self.held += len(data)
                    self.flows.wait()
                target.sendall(data)
        except OSError:
            pass
        shut(source)
        shut(target)


def shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
