"""The JSON decoder against a slow one that shares nothing with it: Python's json module, and the
rules of runtime/format/README.md written down a second time.

usage: differential_test.py DECODE_LINES [SEED]
"""

import base64
import datetime
import json
import math
import random
import re
import struct
import subprocess
import sys

ROUNDS = 30_000

INTEGERS = {
    "i8": (-(2**7), 2**7 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "i64": (-(2**63), 2**63 - 1),
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
    "time": (-(2**63), 2**63 - 1),
}
COLOURS = {"red": 0, "green": 1, 'violet "7"': -7}
FIELDS = ["name", "flag", *INTEGERS, "f32", "f64", "bytes", "colour", "label", "place"]
ORDER = ["name", "flag", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64",
         "time", "bytes", "colour", "label", "place.city", "place.height"]


class Refused(Exception):
    """A reason, and the field it is about."""


class Number(str):
    """A number as it is written."""


class Members(list):
    """An object: pairs, in order, with repetitions."""


# ---- what the decoder should do


def refuse(reason, field=""):
    raise Refused(f"{reason} in {field}" if field else reason)


def integer(value, field, low, high):
    if not isinstance(value, Number):
        refuse("wrong type", field)
    if re.search(r"[.eE]", value):
        refuse("wrong type", field)
    if not low <= int(value) <= high:
        refuse("out of range", field)
    return int(value)


def decimal(value, field, is_single):
    if not isinstance(value, Number):
        refuse("wrong type", field)
    number = float(value)
    if is_single and not math.isinf(number):
        try:
            number = struct.unpack("f", struct.pack("f", number))[0]
        except OverflowError:
            refuse("out of range", field)
    if math.isinf(number):
        refuse("out of range", field)
    return number


def text(value, field):
    if not isinstance(value, str) or isinstance(value, Number):
        refuse("wrong type", field)
    try:
        return value.encode()
    except UnicodeEncodeError:  # Half of a surrogate pair.
        refuse("bad escape", field)


def time(value, field):
    if isinstance(value, Number):
        return integer(value, field, *INTEGERS["time"])
    written = text(value, field).decode()
    parts = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))",
        written, re.ASCII)
    try:
        date, minutes, seconds, fraction, sign, hours_off, minutes_off = parts.groups()
        leap = seconds == "60"
        shown_seconds = "59" if leap else seconds
        moment = datetime.datetime.fromisoformat(f"{date} {minutes}{shown_seconds}+00:00")
        if sign:
            if int(hours_off) > 23 or int(minutes_off) > 59:
                refuse("bad time", field)
            offset = datetime.timedelta(hours=int(hours_off), minutes=int(minutes_off))
            moment += -offset if sign == "+" else offset
        if leap and (moment.hour, moment.minute) != (23, 59):
            refuse("bad time", field)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        whole = (moment - epoch) // datetime.timedelta(seconds=1) + leap
        return whole * 1000 + int(((fraction or "") + "000")[:3])
    except (AttributeError, ValueError, OverflowError):
        refuse("bad time", field)


def binary(value, field):
    written = text(value, field)
    try:
        found = base64.b64decode(written, validate=True)
    except ValueError:
        refuse("bad base64", field)
    if base64.b64encode(found) != written:
        refuse("bad base64", field)
    return found


def scalar(name, value):
    if name == "flag":
        if not isinstance(value, bool):
            refuse("wrong type", name)
        return int(value)
    if name == "time":
        return time(value, name)
    if name in INTEGERS:
        return integer(value, name, *INTEGERS[name])
    if name in ("f32", "f64"):
        return decimal(value, name, name == "f32")
    if name == "bytes":
        return binary(value, name)
    found = text(value, name)
    if name == "colour":
        if found.decode() not in COLOURS:
            refuse("unknown name", name)
        return COLOURS[found.decode()]
    if name == "label" and len(found) > 6:
        refuse("too long", name)
    return found


def place(value):
    if not isinstance(value, Members):
        refuse("wrong type", "place")
    row = {}
    for key, each in value:
        if key == "city":
            if each is None:
                refuse("null", "place.city")
            row["place.city"] = text(each, "place.city")
        elif key == "height":
            row.pop("place.height", None)
            if each is not None:
                row["place.height"] = decimal(each, "place.height", False)
    if "place.city" not in row:
        refuse("missing", "place.city")
    return row


def row_of(members):
    row = {}
    for key, value in members:
        if key not in FIELDS:
            continue
        row = {name: old for name, old in row.items() if name.split(".")[0] != key}
        if value is None:
            if key == "name":
                refuse("null", "name")
        elif key == "place":
            row.update(place(value))
        else:
            row[key] = scalar(key, value)
    # A required field that came once stays known, whatever followed.
    if "name" not in row:
        refuse("missing", "name")
    return row


def expected(value):
    """The line that decode_lines should print; None when json refuses the value."""
    try:
        document = value.decode()
        if not document.strip(" \t\r\n"):
            return "error empty"
        members = json.loads(document, object_pairs_hook=Members, parse_int=Number,
                             parse_float=Number, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return None
    if not isinstance(members, Members):
        return "error not an object"
    try:
        row = row_of(members)
    except Refused as reason:
        return f"error {reason}"
    return "row " + " ".join(f"{name}={shown(row[name])}" for name in ORDER if name in row)


def shown(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return exact(value)
    return str(value)


def exact(number):
    """As printf's %a."""
    if number == 0:
        return "-0x0p+0" if math.copysign(1, number) < 0 else "0x0p+0"
    mantissa, exponent = number.hex().split("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}p{int(exponent):+d}"


# ---- what is tried


def written(value, rng):
    """One of the many ways to write a value."""
    blank = rng.choice(["", "", "", " ", "\n\t"])
    if isinstance(value, Members):
        inside = f"{blank},{blank}".join(
            f"{quoted(key, rng)}{blank}:{blank}{written(each, rng)}" for key, each in value)
        return "{" + blank + inside + blank + "}"
    if isinstance(value, list):
        return "[" + f"{blank},".join(written(each, rng) for each in value) + blank + "]"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return quoted(value, rng)
    return json.dumps(value)


def quoted(value, rng):
    out = []
    for c in value:
        if c in '"\\' or c < " " or rng.random() < 0.05:
            units = c.encode("utf-16-be", "surrogatepass")
            out += [f"\\u{high << 8 | low:04{rng.choice('xX')}}"
                    for high, low in zip(units[::2], units[1::2])]
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def any_number(rng):
    kind = rng.random()
    if kind < 0.5:
        low, high = rng.choice(list(INTEGERS.values()))
        number = rng.choice([low, high, low - 1, high + 1, rng.randint(low, high), 0, 1, -1])
        return Number(number)
    if kind < 0.9:
        wide = rng.gauss(0, 1) * 10.0 ** rng.randint(-30, 30)
        return Number(repr(rng.choice([rng.uniform(-1e3, 1e3), wide])))
    return Number(rng.choice(["-0", "0.0", "-0.0", "1E2", "1e400", "-1e400", "1e-400", "3.5e38",
                              "123456789012345678901234567890", "0.1e1", "1.5E+3", "25e-1"]))


def any_text(rng):
    kind = rng.random()
    if kind < 0.1:
        return rng.choice(list(COLOURS))
    if kind < 0.25:
        stamp = datetime.datetime.fromtimestamp(rng.randint(-10**10, 10**11), datetime.timezone.utc)
        suffix = rng.choice(["Z", "z", "+01:00", "-08:30", "+24:00", "", ".5Z", ".123456789Z",
                             ".Z"])
        seconds = rng.choice(["", "", "", "60"])
        shown_time = stamp.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
        if seconds:
            shown_time = shown_time[:11] + "23:59:60"
        return shown_time + suffix
    if kind < 0.4:
        whole = base64.b64encode(rng.randbytes(rng.randint(0, 9))).decode()
        return whole[: rng.choice([99, 99, 5])]
    letters = ["a", "b", "Z", "7", "é", "€", "😀", '"', "\\", "/", "\n", "\0", "\x1f", "\x7f"]
    if rng.random() < 0.03:
        letters.append("\ud800")
    return "".join(rng.choice(letters) for _ in range(rng.choice([0, 1, 3, 6, 7, 20, 60])))


def any_value(rng, depth=0):
    kind = rng.random()
    if kind < 0.35:
        return any_number(rng)
    if kind < 0.7:
        return any_text(rng)
    if kind < 0.8 or depth > 3:
        return rng.choice([True, False, None])
    if kind < 0.9:
        return [any_value(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return any_members(rng, ["city", "height", "x"], depth + 1)


def fitting(name, rng):
    """A value that the field is likely to take."""
    if name == "flag":
        return rng.random() < 0.5
    if name in INTEGERS:
        return Number(rng.randint(*INTEGERS[name]))
    if name in ("f32", "f64", "height"):
        return Number(repr(rng.uniform(-1e5, 1e5)))
    if name == "bytes":
        return base64.b64encode(rng.randbytes(rng.randint(0, 9))).decode()
    if name == "colour":
        return rng.choice(list(COLOURS))
    if name == "label":
        return "abc"
    if name == "place":
        return any_members(rng, ["city", "height", "x"], 1)
    return any_text(rng)


def any_members(rng, names, depth):
    odd = rng.choice([0.0, 0.0, 0.1])
    members = Members()
    for name in rng.sample(names, rng.randint(0, len(names))):
        unfit = rng.random() < odd
        members.append((name, any_value(rng, depth) if unfit else fitting(name, rng)))
    if depth == 0 and rng.random() < 0.9:
        members.insert(rng.randint(0, len(members)), ("name", any_text(rng)))
    if depth == 1 and rng.random() < 0.9:
        members.insert(rng.randint(0, len(members)), ("city", any_text(rng)))
    for _ in range(rng.choice([0, 0, 1, 5])):
        key = rng.choice(["x", "", "nam", "names", "unknown-field", any_text(rng)])
        members.insert(rng.randint(0, len(members)), (key, any_value(rng, 2)))
    if members and rng.random() < 0.1:
        members.append(rng.choice(members))
    return members


def any_document(rng):
    document = written(any_members(rng, FIELDS, 0), rng).encode("utf-8", "surrogatepass")
    if rng.random() < 0.8:
        return document
    bytes_ = bytearray(document)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(bytes_) + 1)
        change = rng.random()
        if change < 0.4:
            del bytes_[at:]
        elif change < 0.7:
            other = [b"", b"}", b'"', b",", b"\xff", b"\0", b"[", b" ", b"1"]
            bytes_[at:at + 1] = rng.choice(other)
        else:
            bytes_[at:at] = rng.choice([b"{", b"]", b'"', b":", b"\xc3", b"\n", b"e", b"-"])
    return bytes(bytes_)


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    documents = [any_document(rng) for _ in range(ROUNDS)]
    framed = b"".join(struct.pack("<I", len(each)) + each for each in documents)
    lines = subprocess.run([sys.argv[1]], input=framed, stdout=subprocess.PIPE,
                           check=True).stdout.decode().splitlines()
    assert len(lines) == len(documents), f"{len(lines)} answers for {len(documents)} values"

    outcomes = {}
    refused_by_both = accepted_anyway = 0
    for document, found in zip(documents, lines):
        wanted = expected(document)
        outcomes[" ".join(found.split()[:3]) if found.startswith("error") else "row"] = 1
        if wanted is None:
            # The inside of skipped values is not looked at: only there the two may differ.
            refused_by_both += found.startswith("error")
            accepted_anyway += not found.startswith("error")
        elif found != wanted:
            sys.exit(f"seed {seed}\nvalue    {document!r}\nexpected {wanted}\nfound    {found}")
    print(f"{len(documents)} values, {len(outcomes)} different outcomes")
    print(f"of those that are no JSON {refused_by_both} refused, {accepted_anyway} not")
    assert len(outcomes) > 12, outcomes
    assert accepted_anyway * 20 < refused_by_both


if __name__ == "__main__":
    main()
