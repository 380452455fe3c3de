package weir.bench;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Count, sum, least and greatest loss of one user and window. The sum of multiples of 0.25 is
 * exact in any order.
 */
final class LossWindow {
  private LossWindow() {}

  public static final class Stats {
    public long count;
    public double sum;
    public double min = Double.POSITIVE_INFINITY;
    public double max = Double.NEGATIVE_INFINITY;
  }

  public static final class Row implements ResultRow {
    public String uid;
    public long windowStart;
    public Stats stats;

    @Override
    public String key() {
      return uid;
    }

    @Override
    public void appendTo(StringBuilder json) {
      json.append("{\"uid\":\"")
          .append(uid)
          .append("\",\"window_start\":")
          .append(windowStart)
          .append(",\"count\":")
          .append(stats.count)
          .append(",\"sum\":")
          .append(stats.sum)
          .append(",\"min\":")
          .append(stats.min)
          .append(",\"max\":")
          .append(stats.max)
          .append('}');
    }
  }

  static final class Add implements AggregateFunction<Sample, Stats, Stats> {
    private static final long serialVersionUID = 1;

    @Override
    public Stats createAccumulator() {
      return new Stats();
    }

    @Override
    public Stats add(Sample row, Stats stats) {
      stats.count++;
      stats.sum += row.loss;
      stats.min = Math.min(stats.min, row.loss);
      stats.max = Math.max(stats.max, row.loss);
      return stats;
    }

    @Override
    public Stats getResult(Stats stats) {
      return stats;
    }

    @Override
    public Stats merge(Stats a, Stats b) {
      a.count += b.count;
      a.sum += b.sum;
      a.min = Math.min(a.min, b.min);
      a.max = Math.max(a.max, b.max);
      return a;
    }
  }

  static final class Emit extends ProcessWindowFunction<Stats, Row, String, TimeWindow> {
    private static final long serialVersionUID = 1;
    private transient Row row;

    @Override
    public void process(String uid, Context context, Iterable<Stats> stats, Collector<Row> out) {
      if (row == null) {
        row = new Row();
      }
      row.uid = uid;
      row.windowStart = context.window().getStart();
      row.stats = stats.iterator().next();
      out.collect(row);
    }
  }
}
