import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.CoGroupFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * What Flink makes of rows {"k": text, "v": integer, "t": ms, "side": 0 or 1}, one a line, in the
 * order of the file.
 *
 * <pre>WindowOracle INPUT OUTPUT_DIR BOUND_MS TUMBLING_MS SIZE_MS SLIDE_MS ALLOWED_LATENESS_MS
 * </pre>
 *
 * After every row comes a watermark, the largest time so far less the bound less 1 ms, so that each
 * row is judged by the rows before it. Writes tumbling.jsonl, sliding.jsonl and cogroup.jsonl
 * (windows of both sides in one stream of rows), each with NAME-late.jsonl, and
 * cogroup-operator.jsonl (Flink's own coGroup: it reads the sides through two channels, so where
 * rows are late its answer depends on which channel was faster).
 */
public final class WindowOracle {
  private static final OutputTag<Row> LATE = new OutputTag<>("late", Types.POJO(Row.class));

  /** One line of the input. */
  public static final class Row {
    public String k;
    public long v;
    public long t;
    public int side;

    String json() {
      return String.format("{\"k\":\"%s\",\"v\":%d,\"t\":%d,\"side\":%d}", k, v, t, side);
    }
  }

  private WindowOracle() {}

  public static void main(String[] arguments) throws Exception {
    Path output = Path.of(arguments[1]);
    long bound = Long.parseLong(arguments[2]);
    Duration tumbling = Duration.ofMillis(Long.parseLong(arguments[3]));
    Duration size = Duration.ofMillis(Long.parseLong(arguments[4]));
    Duration slide = Duration.ofMillis(Long.parseLong(arguments[5]));
    Duration lateness = Duration.ofMillis(Long.parseLong(arguments[6]));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    DataStream<Row> rows =
        env.fromData(Types.POJO(Row.class), read(Path.of(arguments[0])))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Row>forGenerator(context -> new AfterEachRow(bound))
                    .withTimestampAssigner((row, ignored) -> row.t));

    WindowAssigner<Object, TimeWindow> slidingWindows = SlidingEventTimeWindows.of(size, slide);
    write(windows(rows, TumblingEventTimeWindows.of(tumbling), lateness, new Aggregate()), output,
        "tumbling");
    write(windows(rows, slidingWindows, lateness, new Aggregate()), output, "sliding");
    write(windows(rows, slidingWindows, lateness, new BothSides()), output, "cogroup");
    side(rows, 0)
        .coGroup(side(rows, 1))
        .where(row -> row.k)
        .equalTo(row -> row.k)
        .window(slidingWindows)
        .apply(new Group(), Types.STRING)
        .sinkTo(new LinesSink(output.resolve("cogroup-operator.jsonl").toString()));
    env.execute();
    System.exit(0);
  }

  private static Row[] read(Path input) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(input)) {
      JsonNode node = mapper.readTree(line);
      Row row = new Row();
      row.k = node.get("k").asText();
      row.v = node.get("v").asLong();
      row.t = node.get("t").asLong();
      row.side = node.get("side").asInt();
      rows.add(row);
    }
    return rows.toArray(new Row[0]);
  }

  private static SingleOutputStreamOperator<String> windows(DataStream<Row> rows,
      WindowAssigner<Object, TimeWindow> windows, Duration lateness,
      ProcessWindowFunction<Row, String, String, TimeWindow> function) {
    return rows.keyBy(row -> row.k)
        .window(windows)
        .allowedLateness(lateness)
        .sideOutputLateData(LATE)
        .process(function, Types.STRING);
  }

  private static DataStream<Row> side(DataStream<Row> rows, int side) {
    return rows.filter(row -> row.side == side);
  }

  private static void write(SingleOutputStreamOperator<String> results, Path output, String name) {
    TypeInformation<String> text = Types.STRING;
    results.sinkTo(new LinesSink(output.resolve(name + ".jsonl").toString()));
    results.getSideOutput(LATE).map(Row::json).returns(text).sinkTo(
        new LinesSink(output.resolve(name + "-late.jsonl").toString()));
  }

  private static final class AfterEachRow implements WatermarkGenerator<Row> {
    private final long bound;
    private long largest = Long.MIN_VALUE;

    AfterEachRow(long bound) {
      this.bound = bound;
    }

    @Override
    public void onEvent(Row row, long time, WatermarkOutput output) {
      if (time > largest) {
        largest = time;
        output.emitWatermark(new Watermark(largest - bound - 1));
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  private static final class Aggregate
      extends ProcessWindowFunction<Row, String, String, TimeWindow> {
    private static final long serialVersionUID = 1;

    @Override
    public void process(String key, Context context, Iterable<Row> rows, Collector<String> out) {
      long count = 0;
      long sum = 0;
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      for (Row row : rows) {
        count++;
        sum += row.v;
        min = Math.min(min, row.v);
        max = Math.max(max, row.v);
      }
      out.collect(String.format(
          "{\"k\":\"%s\",\"start\":%d,\"end\":%d,\"count\":%d,\"sum\":%d,\"min\":%d,\"max\":%d}",
          key, context.window().getStart(), context.window().getEnd(), count, sum, min, max));
    }
  }

  private static final class BothSides
      extends ProcessWindowFunction<Row, String, String, TimeWindow> {
    private static final long serialVersionUID = 1;

    @Override
    public void process(String key, Context context, Iterable<Row> rows, Collector<String> out) {
      out.collect(String.format("{\"k\":\"%s\",\"start\":%d,\"end\":%d,\"left\":%s,\"right\":%s}",
          key, context.window().getStart(), context.window().getEnd(), values(rows, 0),
          values(rows, 1)));
    }
  }

  /** Flink's coGroup does not tell its function which window it is. */
  private static final class Group implements CoGroupFunction<Row, Row, String> {
    private static final long serialVersionUID = 1;

    @Override
    public void coGroup(Iterable<Row> left, Iterable<Row> right, Collector<String> out) {
      String key = (left.iterator().hasNext() ? left : right).iterator().next().k;
      out.collect(String.format("{\"k\":\"%s\",\"left\":%s,\"right\":%s}", key, values(left, 0),
          values(right, 1)));
    }
  }

  private static String values(Iterable<Row> rows, int side) {
    List<Long> values = new ArrayList<>();
    for (Row row : rows) {
      if (row.side == side) {
        values.add(row.v);
      }
    }
    return values.stream().sorted().map(String::valueOf).collect(
        Collectors.joining(",", "[", "]"));
  }

  private static final class LinesSink implements Sink<String> {
    private static final long serialVersionUID = 1;
    private final String path;

    LinesSink(String path) {
      this.path = path;
    }

    @Override
    public SinkWriter<String> createWriter(WriterInitContext context) throws IOException {
      BufferedWriter file = Files.newBufferedWriter(Path.of(path));
      return new SinkWriter<>() {
        @Override
        public void write(String line, Context at) throws IOException {
          file.write(line);
          file.newLine();
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
          file.flush();
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }
  }
}
