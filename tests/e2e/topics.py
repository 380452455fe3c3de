"""Jobs files over Kafka topics, and comparing what stands in a topic with what should."""

import base64
import json
from collections import Counter
from pathlib import Path


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


def frozen(row):
    return tuple(sorted(row.items()))


def rows_of(broker, topic):
    """Rows of a topic and, apart, the operator each was set aside by."""
    rows, operators = [], []
    for value in broker.consume(topic):
        row = json.loads(value)
        operators.append(row.pop("weir.operator", None))
        row.pop("weir.record", None)
        rows.append(row)
    return rows, operators


def same(what, expected, found):
    expected, found = Counter(map(frozen, expected)), Counter(map(frozen, found))
    missing, surplus = list((expected - found).elements()), list((found - expected).elements())
    assert not missing and not surplus, "%s: %d missing, %d too many\nmissing %s\ntoo many %s" % (
        what,
        len(missing),
        len(surplus),
        [dict(row) for row in missing[:3]],
        [dict(row) for row in surplus[:3]],
    )
    print("%s: %d equal" % (what, sum(found.values())))


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
