#!/usr/bin/env python3
"""One real Kafka broker for all tests of a run: a fixture of ctest.

shared_broker.py start FOLDER   a fresh one; FOLDER/bootstrap holds its address, FOLDER/sasl that of
                                a listener which wants SASL PLAIN, user weir, password let-me-in,
                                FOLDER/ssl that of one which speaks TLS, with FOLDER/certificate.pem
shared_broker.py stop FOLDER
shared_broker.py kill FOLDER    SIGKILL, for tests of a broker that dies
shared_broker.py again FOLDER   goes on with what is in FOLDER, at the same address

It also ends when the process that runs the tests ends without saying so.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
from pathlib import Path

KAFKA = Path(__file__).resolve().parents[2] / "tools" / "servers" / "kafka"
ADDRESS = "127.0.0.1"
PASSWORD = "let-me-in"
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required user_weir=%s;" % PASSWORD

watchers = []  # Processes of end_with(), which outlive this one.


def free_ports(count):
    """Ports below the kernel's own range on which nobody listens."""
    ports = []
    # At random, as other tests look for theirs at the same moment.
    for port in random.SystemRandom().sample(range(20_000, 32_768), 1_000):
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) != 0:
                ports.append(port)
        if len(ports) == count:
            return ports
    raise SystemExit("no free port")


def properties(plain, controller, sasl, more=None):
    """Of a broker that listens at these ports, and at those of `more`, by their protocol."""
    at = {"PLAINTEXT": plain, "CONTROLLER": controller, "SASL_PLAINTEXT": sasl, **(more or {})}
    listeners = {name: "%s://%s:%d" % (name, ADDRESS, port) for name, port in at.items()}
    lines = {
        "listeners": ",".join(listeners.values()),
        "advertised.listeners": ",".join(
            listener for name, listener in listeners.items() if name != "CONTROLLER"
        ),
        "controller.quorum.voters": "1@%s:%d" % (ADDRESS, controller),
        "listener.security.protocol.map": ",".join(
            "%s:%s" % (name, name if name != "CONTROLLER" else "PLAINTEXT") for name in at
        ),
        "inter.broker.listener.name": "PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        # A property holds no blank when it comes through the environment.
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": LOGIN.replace(" ", "\\u0020"),
        # One that was killed is away for no longer.
        "broker.session.timeout.ms": "1500",
        "broker.heartbeat.interval.ms": "250",
        "message.max.bytes": "20000000",
        "replica.fetch.max.bytes": "20000000",
    }
    return " ".join("%s=%s" % line for line in lines.items())


def secured_listener():
    """Properties of a broker with rights, and its ports: all for who comes without a name, by the
    first, and none for user weir, password let-me-in, by the second."""
    plain, controller, sasl = free_ports(3)
    return (
        properties(plain, controller, sasl).split()
        + [
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users=User:ANONYMOUS",
        ],
        plain,
        sasl,
    )


def certified(folder):
    """Makes a key and a certificate of its own for the address; the properties to use them."""
    store = ["-keystore", str(folder / "key.p12"), "-storepass", PASSWORD, "-alias", "broker"]
    make = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=weir", "-ext", "san=ip:" + ADDRESS]
    export = ["-exportcert", "-rfc", "-file", str(folder / "certificate.pem")]
    for command in (make, export):
        subprocess.run(["keytool", *command, *store], check=True, capture_output=True)
    return " ssl.keystore.location=%s ssl.keystore.password=%s" % (folder / "key.p12", PASSWORD)


def tool(*arguments, **environment):
    subprocess.run([str(KAFKA), *arguments], check=True, env={**os.environ, **environment})


def start(folder):
    stop(folder)
    plain, controller, sasl, ssl = free_ports(4)
    folder.mkdir(parents=True)
    lines = properties(plain, controller, sasl, {"SSL": ssl}) + certified(folder)
    (folder / "properties").write_text(lines)
    (folder / "sasl").write_text("%s:%d\n" % (ADDRESS, sasl))
    (folder / "ssl").write_text("%s:%d\n" % (ADDRESS, ssl))
    end_with(folder, os.getppid())
    launch(folder, plain)


def end_with(folder, process):
    """Has the folder's broker ended, and the folder removed, when the process is gone and did not
    do so itself."""
    (folder / "run").write_text(str(os.getpid()))
    watchers.append(
        subprocess.Popen(
            [sys.executable, "-B", __file__, "stop-after", str(folder), str(process)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def launch(folder, port=0):
    tool("start", str(folder), str(port), KAFKA_PROPERTIES=(folder / "properties").read_text())


def stop(folder):
    if folder.exists():
        tool("stop", str(folder))
        shutil.rmtree(folder, ignore_errors=True)


def stop_after(folder, process):
    """Stops this run's broker, not one that was started in its place since."""
    run = (folder / "run").read_text()
    subprocess.run(["tail", "--pid=" + process, "-f", "/dev/null"], check=False)
    if (folder / "run").exists() and (folder / "run").read_text() == run:
        stop(folder)


def main():
    command, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    if command == "stop-after":
        stop_after(folder, sys.argv[3])
    elif command == "kill":
        tool("kill", str(folder))
    else:
        {"start": start, "stop": stop, "again": launch}[command](folder)


if __name__ == "__main__":
    main()
