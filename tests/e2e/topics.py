"""Jobs files over Kafka topics, and comparing what stands in a topic with what should."""

import base64
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "run"))

import rows  # noqa: E402  (of tests/run)
from rows import frozen  # noqa: E402

__all__ = ["frozen", "host", "port", "rows_of", "same", "same_bytes"]


def host(broker, plugins, workers=2):
    return '[host]\nworkers = %d\nplugin_path = ["%s"]\n[kafka.main]\nbrokers = "%s"\n' % (
        workers,
        Path(plugins).resolve(),
        broker.address,
    )


def port(kind, name, topic, **options):
    lines = ["  [job.%s.%s]" % (kind, name), '  connector = "kafka"', '  cluster = "main"']
    lines += ['  topics = ["%s"]' % topic] if kind == "source" else ['  topic = "%s"' % topic]
    lines += ["  %s = %s" % item for item in options.items()]
    return "\n".join(lines) + "\n"


def rows_of(broker, topic):
    """Rows of a topic and, apart, the operator each was set aside by."""
    found = [json.loads(value) for value in broker.consume(topic)]
    operators = [row.get("weir.operator") for row in found]
    return [rows.without_marks(row) for row in found], operators


def same(what, expected, found):
    print("%s: %d equal" % (what, rows.same(what, expected, found)))


def same_bytes(broker, topic, expected, origins):
    """The topic holds the broken values, each with where it came from; `origins` has, by topic and
    partition, every value in order."""
    records = [json.loads(value) for value in broker.consume(topic)]
    found = Counter(base64.b64decode(record["value"]) for record in records)
    assert found == Counter(expected), "%s: %d set aside, %d broken" % (
        topic,
        found.total(),
        len(expected),
    )
    for record in records:
        values = origins[record["topic"]][record["partition"]]
        assert values[record["offset"]] == base64.b64decode(record["value"]), record
        assert record["reason"], record
    print("%s: %d equal" % (topic, len(records)))
