#!/usr/bin/env python3
"""weir doctor against a real Kafka: what is wrong is found, and said with what to do.

doctor_test.py WEIR PLUGIN_FOLDER
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from broker import Broker
from shared_broker import free_ports, secured_listener

JOB = """
[kafka.main]
brokers = "%(brokers)s"
properties = { %(properties)s }

[[job]]
name = "copy"
plugin = "words"
type = "copy"
  [job.source.words]
  connector = "kafka"
  cluster = "main"
  topics = ["%(source)s"]
  [job.sink.copies]
  connector = "kafka"
  cluster = "main"
  topic = "copies"
  delivery = "exactly-once"
"""

LOGIN = ", ".join(
    '"%s" = "%s"' % entry
    for entry in {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "weir",
        "sasl.password": "let-me-in",
    }.items()
)


class Doctor:
    def __init__(self, weir, plugins):
        self.command = [weir, "doctor", "--plugin-path", plugins]

    def see(self, expected_code, brokers, source="words", properties=""):
        """Findings by subject; the host's state directory is left out."""
        with tempfile.TemporaryDirectory(prefix="weir-doctor-") as folder:
            file = Path(folder) / "jobs.toml"
            file.write_text(JOB % dict(brokers=brokers, source=source, properties=properties))
            run = [*self.command, str(file)]
            done = subprocess.run([*run, "--json"], capture_output=True, text=True, check=False)
            assert done.returncode == expected_code, (done.returncode, done.stdout, done.stderr)
            self.text = subprocess.run(run, capture_output=True, text=True, check=False).stdout
        findings = json.loads(done.stdout)["findings"]
        for finding in findings:
            assert (finding["level"] == "good") == (finding["advice"] == ""), finding
        return {f["subject"]: (f["level"], f["found"], f["advice"]) for f in findings}


def all_is_well(doctor, broker):
    found = doctor.see(0, broker.address)
    for subject in [
        "kafka main",
        "kafka main: topic words",
        "kafka main: topic copies",
        "kafka main: group copy",
        "kafka main: transactional ids weir-copy-*",
        "kafka client",
    ]:
        assert found[subject][0] == "good", (subject, found)
    assert "good     kafka main: topic words: 2 partitions\n" in doctor.text, doctor.text


def topic_is_missing(doctor, broker):
    found = doctor.see(1, broker.address, source="wrds")
    level, what, advice = found["kafka main: topic wrds"]
    assert (level, what) == ("problem", "does not exist") and "create it" in advice, found
    assert "         → create it" in doctor.text, doctor.text


def nobody_answers(doctor, _):
    found = doctor.see(1, "127.0.0.1:%d" % free_ports(1)[0])
    level, what, advice = found["kafka main"]
    assert level == "problem" and "does not answer" in what and "brokers" in advice, found


def rights_are_missing(doctor, broker):
    broker.allow("weir", ("DESCRIBE", "TOPIC", "words"), ("DESCRIBE", "TOPIC", "copies"))
    found = doctor.see(1, broker.sasl_address, properties=LOGIN)
    assert found["kafka main: topic words"][:2] == ("problem", "no right to Read it"), found
    # Read as well: that is where the epoch's marker stands.
    assert found["kafka main: topic copies"][:2] == (
        "problem",
        "no right to Read and Write it",
    ), found
    assert found["kafka main: group copy"][0] == "problem", found
    level, what, advice = found["kafka main: transactional ids weir-copy-*"]
    assert level == "doubt" and "not allowed" in what and "begin with weir-copy-" in advice, found


def main():
    doctor = Doctor(*sys.argv[1:3])
    secured, plain, sasl = secured_listener()
    with Broker(properties=secured, port=plain) as broker:
        broker.sasl_address = "127.0.0.1:%d" % sasl
        broker.create_topics(["words", "copies"], 2)
        for case in (
            all_is_well,
            topic_is_missing,
            nobody_answers,
            rights_are_missing,
        ):
            case(doctor, broker)
            print(case.__name__ + ": ok", flush=True)


if __name__ == "__main__":
    main()
