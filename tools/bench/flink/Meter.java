package weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what the whole process reads and writes, and what it costs after the warm-up. One per
 * process: every task of the MiniCluster runs in this JVM. Sources count in blocks of {@link
 * #BLOCK} records so that the counter costs nothing.
 */
final class Meter {
  static final int BLOCK = 1024;
  private static final double TICKS_PER_SECOND = 100;

  private static final AtomicLong records = new AtomicLong();
  private static final AtomicLong rows = new AtomicLong();
  private static volatile long warmRecords;
  private static volatile Mark warm;

  private record Mark(long records, double cpu, long nanos) {
    static Mark now(long records) {
      return new Mark(records, cpuSeconds(), System.nanoTime());
    }
  }

  private Meter() {}

  static void start(long warmAfter) {
    warmRecords = warmAfter;
    warm = Mark.now(0);
  }

  static void addRecords(long count) {
    long after = records.addAndGet(count);
    if (after >= warmRecords && after - count < warmRecords) {
      warm = Mark.now(after);
    }
  }

  static void addRows(long count) {
    rows.addAndGet(count);
  }

  /**
   * One JSON line about everything since the warm-up; "rows" and "records_total" count from the
   * start.
   */
  static String report() throws IOException {
    Mark end = Mark.now(records.get());
    return String.format(
        "{\"records\":%d,\"cpu_s\":%.2f,\"wall_s\":%.3f,\"rows\":%d,"
            + "\"records_total\":%d,\"rss_mb\":%d}",
        end.records - warm.records, end.cpu - warm.cpu, (end.nanos - warm.nanos) / 1e9, rows.get(),
        end.records, peakResidentKilobytes() / 1024);
  }

  /**
   * User and system time of every thread of this process, the compiler's and the collector's
   * included.
   */
  private static double cpuSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long peakResidentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D+", ""));
      }
    }
    return 0;
  }
}
