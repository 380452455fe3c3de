"""Random rows out of order, and what windows make of them, in a dozen lines of Python."""

import random

BOUND = 5_000  # ms out of order that the watermark allows
START = 1_700_000_000_000


def make(seed, count):
    """Rows in order of arrival. Each seed has its own number of keys, pace and disorder, and every
    third has no late rows."""
    dice = random.Random(seed)
    keys = dice.choice([1, 3, 20, 200])
    pace = dice.choice([5, 100, 1_000])
    late_share = [0.0, 0.02, 0.3][seed % 3]
    late_by = dice.choice([20_000, 60_000])
    # Some seeds start before 1970, where times that are rounded the wrong way show.
    now = dice.choice([START, START, -40_000])
    rows = []
    for _ in range(count):
        now += dice.randrange(2 * pace)
        if dice.random() < 0.001:
            now += dice.randrange(100_000)  # a silence, longer than any window
        time = now - dice.randrange(BOUND)
        if dice.random() < late_share:
            time = now - dice.randrange(late_by)
        if dice.random() < 0.05:
            time -= time % 1_000  # exactly at the edge of a window
        rows.append(
            {
                "k": "k%d" % int(keys * dice.random() ** 2),
                "v": dice.randrange(-1_000, 1_000),
                "t": time,
                "side": dice.randrange(2),
            }
        )
    return rows


def late_rows(rows, size, slide):
    """Rows that no window could take any more when they came."""
    late, watermark = [], None
    for row in rows:
        if watermark is not None and last_start(row, slide) + size - 1 <= watermark:
            late.append(row)
        mark = row["t"] - BOUND - 1
        watermark = mark if watermark is None else max(watermark, mark)
    return late


def last_start(row, slide):
    """Where the last window that holds the row begins."""
    return row["t"] - row["t"] % slide


def all_windows(rows, size, slide):
    """(key, start) -> values of the left and of the right side, as if no row were ever late."""
    windows = {}
    for row in rows:
        start = last_start(row, slide)
        while start + size > row["t"]:
            sides = windows.setdefault((row["k"], start), ([], []))
            sides[row["side"]].append(row["v"])
            start -= slide
    return windows
