package weir.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * The command line: "--name value" pairs. Unknown names are refused when the program has read all
 * it knows.
 */
final class Options {
  private final Map<String, String> given = new HashMap<>();

  Options(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
        throw new IllegalArgumentException("expected --name value, found: " + arguments[i]);
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
  }

  String text(String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }

  long number(String name, long otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  void refuseUnread() {
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown options: " + given.keySet());
    }
  }
}
