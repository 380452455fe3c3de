"""What the jobs of plugins/classroom must answer, recomputed from the input's bytes.

Shares no code with the plugins or the host. Which rows are late depends on how fast partitions
advance, so the late rows the job reported are taken as given, checked (each must really be behind
its own partition's watermark) and left out; everything else must follow.
"""

import json
from collections import Counter, defaultdict

from topics import frozen

OUT_OF_ORDER = 6_000
STEPS = ["Sdk", "Gateway", "Media", "Channel", "Courseware"]
FAR_FUTURE = 10 * 365 * 86_400_000  # nothing natural in the test's input is that far from its start
TYPES = {
    "tm": int,
    "user_id": str,
    "lesson_id": str,
    "client_version": str,
    "f": bool,
    "attempt": int,
    "step": str,
    "ok": bool,
    "cost_ms": int,
    "kind": str,
    "sent_kbit": int,
    "received_kbit": int,
    "stalled_ms": int,
    "action_id": int,
    "action": str,
}
COMMON = ["tm", "user_id", "lesson_id", "client_version", "f"]
FIELDS = {
    "enter": COMMON + ["attempt", "step", "ok", "cost_ms"],
    "signal": COMMON + ["kind"],
    "av": COMMON + ["sent_kbit", "received_kbit", "stalled_ms"],
    "courseware": COMMON + ["action_id", "action", "ok"],
}
FIELDS["teacher"] = FIELDS["student"] = FIELDS["courseware"]


def decode(topic, data):
    """The record, or None when it is broken."""
    try:
        record = json.loads(data.decode())
    except (UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not isinstance(record, dict):
        return None
    for name in FIELDS[topic]:
        if type(record.get(name)) is not TYPES[name]:
            return None
    return {name: record[name] for name in FIELDS[topic]}


class Sorted:
    """The rows of some topics by where they have to go before any window sees them."""

    def __init__(self, topics, names, start):
        self.errors, self.unnatural, self.filtered = [], [], []
        self.rows = []  # (topic, row, watermark of its partition before it)
        for topic in names:
            for partition in topics[topic]:
                newest = None
                for data in partition:
                    row = decode(topic, data)
                    if row is None:
                        self.errors.append(data)
                    elif row["tm"] > start + FAR_FUTURE:
                        self.unnatural.append((topic, row))
                    elif not row["f"] or not row["lesson_id"] or not row["user_id"]:
                        self.filtered.append((topic, row))
                    else:
                        watermark = None if newest is None else newest - OUT_OF_ORDER - 1
                        self.rows.append((topic, row, watermark))
                        newest = row["tm"] if newest is None else max(newest, row["tm"])


def enter_event(topic, row):
    event = {
        "tm": row["tm"],
        "user_id": row["user_id"],
        "lesson_id": row["lesson_id"],
        "attempt": 0,
        "component": "None",
        "ok": False,
        "left": False,
        "cost_ms": 0,
    }
    if topic == "enter":
        event.update(
            attempt=row["attempt"], component=row["step"], ok=row["ok"], cost_ms=row["cost_ms"]
        )
    elif topic == "signal":
        if row["kind"] == "Heartbeat":
            event.update(component="Channel", ok=True)
        event.update(left=row["kind"] == "Leave")
    elif topic == "av":
        event.update(component="Media", ok=row["received_kbit"] > 0)
    else:
        event.update(component="Courseware", ok=row["ok"])
    return event


def window_ends(tm, size, slide):
    first = tm - tm % slide + slide
    return [end for end in range(first, first + size, slide) if end - size <= tm < end]


def leave_out_late(rows, late, size, slide):
    """Rows not in `late` (a Counter); each late one must be behind its partition's watermark."""
    late = Counter(late)
    kept = []
    # Among equal rows those that can be late are taken first.
    for row, watermark in sorted(rows, key=lambda pair: -(pair[1] if pair[1] is not None else -1)):
        if late[frozen(row)] > 0:
            last_end = max(window_ends(row["tm"], size, slide))
            assert (
                watermark is not None and watermark >= last_end - 1
            ), "row set aside as late that was not: %r" % (row,)
            late[frozen(row)] -= 1
        else:
            kept.append(row)
    missing = +late
    assert not missing, "late rows that are not in the input: %r" % list(missing)[:3]
    return kept


def implied(tried):
    """The steps before the first one that was tried; the last three of STEPS start together."""
    if "Sdk" in tried:
        return set()
    if "Gateway" in tried:
        return {"Sdk"}
    return {"Sdk", "Gateway"} if tried & set(STEPS) else set()


def enter_labels(events, slow_enter_ms, rules="1.0"):
    """By one version of the rules: plugins/classroom, or tests/versions/classroom."""
    groups = defaultdict(list)
    for event in events:
        end = event["tm"] - event["tm"] % 30_000 + 30_000
        groups[event["lesson_id"], event["user_id"], end].append(event)
    labels = []
    for (lesson, user, end), members in groups.items():
        last = max(event["attempt"] for event in members)
        if last == 0:
            continue
        steps = [event for event in members if event["attempt"] == last]
        good = {event["component"] for event in steps if event["ok"]}
        good |= {event["component"] for event in members if event["attempt"] == 0 and event["ok"]}
        bad = {event["component"] for event in steps if not event["ok"]}
        good |= implied({event["component"] for event in steps})
        longest = defaultdict(int)
        for event in steps:
            longest[event["component"]] = max(longest[event["component"]], event["cost_ms"])
        cost = sum(longest.values())
        last_step = max(event["tm"] for event in steps)
        # Since 1.1 what starts together takes as long as the slowest of it.
        together = [longest[step] for step in STEPS[2:]]
        elapsed = cost if rules == "1.0" else cost - sum(together) + max(together)
        failures = sum(1 for event in members if event["attempt"] > 0 and not event["ok"])
        has_left = any(event["left"] and event["tm"] > last_step for event in members)
        open_steps = [step for step in STEPS if step not in good]
        if not open_steps:
            label, component = ("Slow" if elapsed > slow_enter_ms else "Entered"), "None"
            if rules == "1.2" and label == "Entered" and failures >= 2:
                label = "Shaky"
        else:
            label = "Failed" if has_left else "Retrying"
            component = next((step for step in open_steps if step in bad), open_steps[0])
        labels.append(
            {
                "lesson_id": lesson,
                "user_id": user,
                "window_start": end - 30_000,
                "window_end": end,
                "label": label,
                "component": component,
                "attempts": last,
                "cost_ms": cost,
                "events": len(members),
                "rules": rules,
            }
        )
    return labels


def courseware_labels(teacher, student, out_of_sync_ms, open_windows):
    """open_windows(side, row) tells which of the row's windows still took it."""
    groups = defaultdict(lambda: ([], []))
    for side, rows in enumerate((teacher, student)):
        for row in rows:
            for end in open_windows(side, row):
                groups[row["lesson_id"], end][side].append(row)
    labels = []
    for (lesson, end), (taught, shown) in groups.items():
        load_failed = any(not row["ok"] and row["action"] == "Load" for row in shown)
        cannot_draw = any(not row["ok"] and row["action"] in ("Draw", "Drag") for row in shown)
        first_seen = {}
        for row in shown:
            if row["ok"]:
                first_seen[row["action_id"]] = min(
                    row["tm"], first_seen.get(row["action_id"], row["tm"])
                )
        delays = [
            first_seen[row["action_id"]] - row["tm"]
            for row in taught
            if row["action_id"] in first_seen
        ]
        missing = sum(
            1
            for row in taught
            if row["action_id"] not in first_seen and end - row["tm"] > out_of_sync_ms
        )
        max_delay = max([0] + delays)
        if load_failed:
            label = "LoadFailed"
        elif cannot_draw:
            label = "CannotDraw"
        else:
            label = "OutOfSync" if missing or max_delay > out_of_sync_ms else "InSync"
        labels.append(
            {
                "lesson_id": lesson,
                "window_start": end - 30_000,
                "window_end": end,
                "label": label,
                "teacher_actions": len(taught),
                "student_actions": len(shown),
                "missing": missing,
                "max_delay_ms": max_delay,
            }
        )
    return labels
