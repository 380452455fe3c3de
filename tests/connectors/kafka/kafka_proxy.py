"""A TCP proxy that understands Kafka's frames, so that a test can hold single requests back.

A held request stays where it is while its connection lives or dies; released, it reaches the
broker on the connection it came by, as a network that delays one packet does. The broker must
advertise the proxy's port: see PROXIED.
"""

import socket
import struct
import threading

ADD_PARTITIONS, END_TXN, TXN_OFFSET_COMMIT = 24, 26, 28

PATIENCE_S = 60


def proxied_listener(plain, controller, behind, proxy):
    """Properties of a broker with a second listener, which sends its clients to the proxy."""
    at = "%s://127.0.0.1:%d"
    listeners = [("PLAINTEXT", plain), ("CONTROLLER", controller), ("PROXIED", behind)]
    return [
        "listeners=" + ",".join(at % listener for listener in listeners),
        "advertised.listeners=" + ",".join([at % ("PLAINTEXT", plain), at % ("PROXIED", proxy)]),
        "controller.quorum.voters=1@127.0.0.1:%d" % controller,
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT",
        "inter.broker.listener.name=PLAINTEXT",
    ]


def read_frame(connection):
    """A request or an answer, without its length; None at the end."""
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">i", head)
    frame = connection.recv(size, socket.MSG_WAITALL)
    return frame if len(frame) == size else None


def send_frame(connection, frame):
    connection.sendall(struct.pack(">i", len(frame)) + frame)


class Held:
    """A request that was held back."""

    def __init__(self, api, frame, upstream):
        self.api = api
        self.frame = frame
        self.upstream = upstream
        (self.correlation,) = struct.unpack(">i", frame[4:8])


class KafkaProxy:
    """Use in a `with`. Listens on `port`, passes everything on to the broker's port."""

    def __init__(self, port, broker_port):
        self.broker_port = broker_port
        self.listener = socket.create_server(("127.0.0.1", port))
        self.changed = threading.Condition()
        self.to_hold = []  # API keys of the next requests to hold.
        self.held = []
        self.seen = []  # API keys of requests that were passed on.
        self.late_answers = []  # To released requests: (API key, answer).
        self.released = {}  # By connection and correlation id.
        self.sockets = [self.listener]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()

    # What a test asks for.

    def hold_next(self, api):
        with self.changed:
            self.to_hold.append(api)

    def wait_held(self, api):
        return self._wait(lambda: next((held for held in self.held if held.api == api), None))

    def count(self, api):
        """How many requests of this kind have been passed on, held ones not counted."""
        with self.changed:
            return self.seen.count(api)

    def wait_count(self, api, at_least):
        self._wait(lambda: self.seen.count(api) >= at_least)

    def release(self, held):
        """Sends the request to the broker, and waits for its answer, which it returns."""
        with self.changed:
            self.held.remove(held)
            self.released[held.upstream, held.correlation] = held.api
        send_frame(held.upstream, held.frame)
        return self._wait(
            lambda: next(
                (a for api, c, a in self.late_answers if api == held.api and c == held.correlation),
                None,
            )
        )

    # How it works.

    def _wait(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE_S), "the proxy waited in vain"
            return condition()

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", self.broker_port))
            for connection in (client, upstream):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets += [client, upstream]
            for step in (self._pass_requests, self._pass_answers):
                threading.Thread(target=step, args=(client, upstream), daemon=True).start()

    def _pass_requests(self, client, upstream):
        has_held = False
        try:
            while frame := read_frame(client):
                (api,) = struct.unpack(">h", frame[:2])
                with self.changed:
                    is_held = api in self.to_hold
                    if is_held:
                        self.to_hold.remove(api)
                        self.held.append(Held(api, frame, upstream))
                        has_held = True
                    else:
                        self.seen.append(api)
                    self.changed.notify_all()
                if not is_held:
                    send_frame(upstream, frame)
        except OSError:
            pass
        if not has_held:  # The broker must go on listening for what is held.
            upstream.close()

    def _pass_answers(self, client, upstream):
        try:
            while frame := read_frame(upstream):
                (correlation,) = struct.unpack(">i", frame[:4])
                with self.changed:
                    api = self.released.pop((upstream, correlation), None)
                    if api is not None:
                        self.late_answers.append((api, correlation, frame))
                        self.changed.notify_all()
                if api is None:
                    send_frame(client, frame)
        except OSError:
            pass
        client.close()
