"""What the job of plugins/video must answer, recomputed from the input's bytes, sharing no code."""

import json
import math
from collections import defaultdict

MINUTE = 60_000
TYPES = {
    "tm": int,
    "user_id": str,
    "video_id": str,
    "author_id": str,
    "topic": str,
    "action": str,
    "watched_ms": int,
}


def decode(data):
    try:
        record = json.loads(data.decode())
    except (UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not isinstance(record, dict) or any(
        type(record.get(name)) is not kind for name, kind in TYPES.items()
    ):
        return None
    if (
        record["action"] not in ("View", "Like", "Share")
        or not -(2**31) <= record["watched_ms"] < 2**31
    ):
        return None
    return {name: record[name] for name in TYPES}


def viewers_estimate(users):
    """HyperLogLog, 256 registers (Flajolet and others, 2007), FNV-1a, SplitMix64's finalizer."""
    mask = 2**64 - 1
    registers = [0] * 256
    for user in users:
        value = 0xCBF29CE484222325
        for byte in user.encode():
            value = (value ^ byte) * 0x100000001B3 & mask
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & mask
        value = (value ^ value >> 27) * 0x94D049BB133111EB & mask
        value ^= value >> 31
        rank = 1
        for bit in range(55, -1, -1):
            if value >> bit & 1:
                break
            rank += 1
        registers[value >> 56] = max(registers[value >> 56], rank)
    estimate = 0.7213 / (1 + 1.079 / 256) * 256 * 256 / sum(2.0**-rank for rank in registers)
    zeros = registers.count(0)
    if estimate <= 640 and zeros:
        return math.floor(256 * math.log(256 / zeros) + 0.5)
    return math.floor(estimate + 0.5)


def minutes(plays):
    groups = defaultdict(lambda: {"View": 0, "Like": 0, "Share": 0, "watched": 0, "users": set()})
    for play in plays:
        group = groups[play["topic"], play["video_id"], play["tm"] // MINUTE * MINUTE]
        group[play["action"]] += 1
        if play["action"] == "View":
            group["watched"] += play["watched_ms"]
            group["users"].add(play["user_id"])
    rows = []
    for (topic, video, start), group in groups.items():
        viewers = viewers_estimate(group["users"])
        exact = len(group["users"])
        assert abs(viewers - exact) <= 3 + 0.3 * exact, "the estimate itself is off: %d for %d" % (
            viewers,
            exact,
        )
        rows.append(
            {
                "video_id": video,
                "topic": topic,
                "window_start": start,
                "window_end": start + MINUTE,
                "views": group["View"],
                "likes": group["Like"],
                "shares": group["Share"],
                "viewers": viewers,
                "watched_ms": group["watched"],
            }
        )
    return rows


def hot(minute_rows, top, like_weight, share_weight):
    groups = defaultdict(list)
    for row in minute_rows:
        score = row["views"] + like_weight * row["likes"] + share_weight * row["shares"]
        groups[row["topic"], row["window_start"]].append((-score, row["video_id"]))
    rows = []
    for (topic, start), videos in groups.items():
        for rank, (score, video) in enumerate(sorted(videos)[:top], start=1):
            rows.append(
                {
                    "topic": topic,
                    "video_id": video,
                    "window_start": start,
                    "window_end": start + MINUTE,
                    "rank": rank,
                    "score": -score,
                }
            )
    return rows
