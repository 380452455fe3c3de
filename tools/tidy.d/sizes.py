"""How long things may be."""

import ast
import re

from tree import Finding, line_of

HEADER_LINES_MAX = 250
SOURCE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 6
COLUMNS_MAX = 100

# The whole border of the ABI is one file by intention: a plugin in C needs no other.
LONG_HEADER = "weir/abi.h"

CODE = (".h", ".cc", ".c", ".py", ".java", ".cmake", "CMakeLists.txt", ".toml")


def file_length(tree):
    """A header has at most 250 lines, a source file or script at most 500."""
    for path in set(tree.matching(*CODE) + tree.scripts()):
        limit = HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX
        if path.endswith(LONG_HEADER):
            limit *= 4
        count = tree.text(path).count("\n")
        if count > limit:
            yield Finding(path, count, f"{count} lines, at most {limit}")


def line_length(tree):
    """A line of code has at most 100 columns."""
    for path in set(tree.matching(*CODE) + tree.scripts()):
        for number, line in tree.lines(path):
            if len(line) > COLUMNS_MAX:
                yield Finding(path, number, f"{len(line)} columns, at most {COLUMNS_MAX}")


def function_length(tree):
    """A function has at most 70 lines."""
    for path, line, lines, _ in functions(tree):
        if lines > FUNCTION_LINES_MAX:
            yield Finding(path, line, f"a function of {lines} lines, at most {FUNCTION_LINES_MAX}")


def parameters(tree):
    """A function takes at most 6 parameters."""
    for path, line, _, count in functions(tree):
        if count > PARAMETERS_MAX:
            yield Finding(path, line, f"{count} parameters, at most {PARAMETERS_MAX}")


def functions(tree):
    """Path, line, number of lines and of parameters of every function that has a body."""
    for path in tree.cpp():
        for line, lines, count in cpp_functions(tree.code(path)):
            yield path, line, lines, count
    for path in tree.scripts():
        if "python" in tree.text(path).split("\n", 1)[0] or path.endswith(".py"):
            for node in ast.walk(ast.parse(tree.text(path))):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    count = len(node.args.args) + len(node.args.kwonlyargs)
                    yield path, node.lineno, node.end_lineno - node.lineno + 1, count


# What opens a block without being a function.
NOT_A_FUNCTION = re.compile(
    r"^\s*(?:export\s+|inline\s+|typedef\s+|template\s*<.*>\s*)*"
    r"(?:namespace|class|struct|union|enum|extern\s|concept)\b",
    re.DOTALL,
)
# A parameter list followed by what may stand between it and the body.
PARAMETER_LIST = re.compile(
    r"\)\s*(?:const|noexcept|override|final|mutable|&&?|requires[^{]*|->[^{;]*|\s)*"
    r"(?::[^:].*)?$",
    re.DOTALL,
)


def cpp_functions(code):
    """Outermost blocks that follow a parameter list. A lambda counts with what it stands in."""
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code,
                  flags=re.MULTILINE)
    code = re.sub(r"^WEIR_[A-Z]+\((?:[^(){};]|\([^(){};]*\))*\)$",
                  lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE)
    position, start = 0, 0  # `start`: where the statement that leads to a brace begins.
    for match in re.finditer(r"[{};]|public:|private:|protected:", code):
        if match.start() < position:
            continue
        if match.group(0) != "{":
            start = match.end()
            continue
        head = code[start : match.start()]
        opened = has_open_parenthesis(head)
        if opened or NOT_A_FUNCTION.match(head) and not PARAMETER_LIST.search(head):
            if not opened:
                start = match.end()
            continue
        end = closing_brace(code, match.start())
        if PARAMETER_LIST.search(head):
            first = start + len(head) - len(head.lstrip())
            line = line_of(code, first)
            yield line, line_of(code, end) - line + 1, parameter_count(head)
        if not is_initialiser(code, end):
            start = end + 1
        position = end + 1


def has_open_parenthesis(head):
    return head.count("(") > head.count(")")


def is_initialiser(code, end):
    """Whether the block that ends here is a member's initial value: `: member_{1} {`."""
    return re.match(r"\s*[,{]", code[end + 1 :]) is not None


def closing_brace(code, opening):
    depth = 0
    for match in re.finditer(r"[{}]", code[opening:]):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(code) - 1


def parameter_count(head):
    """Of the first parameter list in a function's head."""
    head = re.sub(r"^\s*template\s*<.*?>\s*(?=\w)", "", head, flags=re.DOTALL)
    head = head.replace("operator()", "operator").replace("->", "  ")
    begin = head.find("(")
    depth, count, anything = 0, 0, False
    for character in head[begin + 1 :]:
        if character in "(<[{":
            depth += 1
        elif character == ")" and depth == 0:
            break
        elif character in ")>]}":
            depth -= 1
        elif character == "," and depth == 0:
            count += 1
        anything = anything or not character.isspace()
    return count + 1 if anything else 0


RULES = (file_length, line_length, function_length, parameters)
