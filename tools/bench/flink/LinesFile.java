package weir.bench;

import java.io.FileInputStream;
import java.io.IOException;

/**
 * Finds the lines of a file in one buffer, whole file or a moving part of it. The file ends with a
 * line feed.
 */
final class LinesFile implements AutoCloseable {
  private static final int PART = 1 << 20;

  private final String path;
  private final FileInputStream input;
  private byte[] bytes;
  private int filled;
  private int lineStart;
  private int lineEnd = -1; // at the line feed

  LinesFile(String path, boolean inMemory) throws IOException {
    this.path = path;
    this.input = new FileInputStream(path);
    long size = input.getChannel().size();
    if (inMemory && size > Integer.MAX_VALUE - 64) {
      throw new IOException("more than 2 GiB in one partition: " + path);
    }
    this.bytes = new byte[inMemory ? (int) size : PART];
    this.filled = input.readNBytes(bytes, 0, bytes.length);
  }

  String path() {
    return path;
  }

  byte[] bytes() {
    return bytes;
  }

  int lineStart() {
    return lineStart;
  }

  int lineLength() {
    return lineEnd - lineStart;
  }

  /** False at the end. A line stays in place until the next call. */
  boolean advance() throws IOException {
    lineStart = lineEnd + 1;
    int from = lineStart;
    while (true) {
      int at = from;
      while (at < filled && bytes[at] != '\n') {
        at++;
      }
      if (at < filled) {
        lineEnd = at;
        return true;
      }
      int rest = filled - lineStart;
      if (rest == bytes.length) {
        throw new IOException("a line longer than " + bytes.length + " bytes: " + path);
      }
      System.arraycopy(bytes, lineStart, bytes, 0, rest);
      lineStart = 0;
      from = rest;
      int more = input.read(bytes, rest, bytes.length - rest);
      if (more <= 0) {
        return false;
      }
      filled = rest + more;
    }
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
