#!/usr/bin/env python3
"""One real Kafka broker for all tests of a run: a fixture of ctest.

shared_broker.py start FOLDER   a fresh one; FOLDER/bootstrap holds its address, FOLDER/sasl that of
                                a listener which wants SASL PLAIN, user weir, password let-me-in
shared_broker.py stop FOLDER
shared_broker.py kill FOLDER    SIGKILL, for tests of a broker that dies
shared_broker.py again FOLDER   goes on with what is in FOLDER, at the same address

It also ends when the process that runs the tests ends without saying so.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

KAFKA = Path(__file__).resolve().parents[2] / "tools" / "servers" / "kafka"
ADDRESS = "127.0.0.1"
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required user_weir=let-me-in;"


def free_ports(count):
    """Ports below the kernel's own range on which nobody listens."""
    ports = []
    for port in range(20_000 + os.getpid() % 10_000, 32_768):
        with socket.socket() as probe:
            if probe.connect_ex((ADDRESS, port)) != 0:
                ports.append(port)
        if len(ports) == count:
            return ports
    raise SystemExit("no free port")


def properties(plain, controller, sasl):
    at = {"PLAINTEXT": plain, "CONTROLLER": controller, "SASL_PLAINTEXT": sasl}
    listeners = {name: "%s://%s:%d" % (name, ADDRESS, port) for name, port in at.items()}
    lines = {
        "listeners": ",".join(listeners.values()),
        "advertised.listeners": listeners["PLAINTEXT"] + "," + listeners["SASL_PLAINTEXT"],
        "controller.quorum.voters": "1@%s:%d" % (ADDRESS, controller),
        "listener.security.protocol.map": ",".join(
            "%s:%s" % (name, name if name != "CONTROLLER" else "PLAINTEXT") for name in at
        ),
        "inter.broker.listener.name": "PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        # A property holds no blank when it comes through the environment.
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": LOGIN.replace(" ", "\\u0020"),
        "message.max.bytes": "20000000",
        "replica.fetch.max.bytes": "20000000",
    }
    return " ".join("%s=%s" % line for line in lines.items())


def tool(*arguments, **environment):
    subprocess.run([str(KAFKA), *arguments], check=True, env={**os.environ, **environment})


def start(folder):
    stop(folder)
    plain, controller, sasl = free_ports(3)
    folder.mkdir(parents=True)
    (folder / "properties").write_text(properties(plain, controller, sasl))
    (folder / "sasl").write_text("%s:%d\n" % (ADDRESS, sasl))
    (folder / "run").write_text(str(os.getpid()))
    launch(folder, plain)
    subprocess.Popen(
        [sys.executable, __file__, "stop-after", str(folder), str(os.getppid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
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
