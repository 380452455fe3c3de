package weir.bench;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * One run of one job in this JVM, then one JSON line.
 *
 * <pre>
 *   --job tumble|slide|cogroup        W1, W2, W4
 *   --input memory:DIR | file:DIR | kafka:BROKERS
 *   --topics telemetry | audio,video  topic names, or file names before "-N.jsonl"
 *   --output blackhole | kafka:TOPIC
 *   --brokers HOST:PORT               of the output
 *   --size MS --slide MS              default 30 s; 15 s for cogroup
 *   --parallelism N --warm RECORDS --backend hashmap|rocksdb --checkpoint MS --exactly-once 0|1
 *   --checkpoint-dir DIR              where checkpoints are kept
 *   --follow 1                        of a topic: go on at its end, and never finish
 * </pre>
 */
public final class Main {
  private static final String KEPT_TYPE = "av";
  private static final Duration OUT_OF_ORDER = Duration.ofSeconds(5);

  private final Options options;
  private final StreamExecutionEnvironment env;
  private final String input;
  private final Duration size;
  private final Duration slide;
  private final boolean follows;

  private Main(Options options) {
    this.options = options;
    String job = options.text("job", "tumble");
    this.input = options.text("input", "");
    this.size = Duration.ofMillis(options.number("size", 30_000));
    this.slide = Duration.ofMillis(
        options.number("slide", job.equals("cogroup") ? 15_000 : size.toMillis()));
    this.follows = options.number("follow", 0) == 1;
    this.env = environment();
    if (job.equals("cogroup")) {
      cogroup();
    } else {
      aggregate();
    }
  }

  public static void main(String[] arguments) throws Exception {
    Options options = new Options(arguments);
    long warm = options.number("warm", 0);
    Main main = new Main(options);
    options.refuseUnread();
    Meter.start(warm);
    main.env.execute();
    System.out.println(Meter.report());
    System.exit(0);
  }

  private StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(StateBackendOptions.STATE_BACKEND, options.text("backend", "hashmap"));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(256));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(1024));
    long checkpoint = options.number("checkpoint", 0);
    if (checkpoint > 0) {
      configuration.set(
          CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(checkpoint));
      configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY,
          "file://" + options.text("checkpoint-dir", "/tmp/flink-checkpoints"));
      configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    }
    StreamExecutionEnvironment made =
        StreamExecutionEnvironment.createLocalEnvironment(configuration);
    made.setParallelism((int) options.number("parallelism", 1));
    return made;
  }

  private <T> DataStream<T> read(String topic, RowDecoder<T> decoder, TypeInformation<T> type) {
    WatermarkStrategy<T> watermarks = WatermarkStrategy.<T>forBoundedOutOfOrderness(OUT_OF_ORDER);
    String rest = input.substring(input.indexOf(':') + 1);
    if (input.startsWith("kafka:")) {
      WatermarkStrategy<T> timed =
          watermarks.withTimestampAssigner((row, ignored) -> decoder.time(row));
      return env.fromSource(
          KafkaRows.source(rest, topic, decoder, type, follows), timed, topic, type);
    }
    boolean inMemory = input.startsWith("memory:");
    return env.fromSource(
        new LinesSource<>(rest + "/" + topic, inMemory, decoder), watermarks, topic, type);
  }

  private <R extends ResultRow> Sink<R> sink() {
    String output = options.text("output", "blackhole");
    String brokers = options.text("brokers", "");
    boolean exactlyOnce = options.number("exactly-once", 0) == 1;
    if (output.equals("blackhole")) {
      return Sinks.blackhole();
    }
    return Sinks.kafka(brokers, output.substring(output.indexOf(':') + 1), exactlyOnce);
  }

  /** Keeps one type and only the fields that go on. */
  private static final class Keep implements FlatMapFunction<Telemetry, Sample> {
    private static final long serialVersionUID = 1;
    private transient Sample sample;

    @Override
    public void flatMap(Telemetry row, Collector<Sample> out) {
      if (sample == null) {
        sample = new Sample();
      }
      if (row.type.equals(KEPT_TYPE)) {
        sample.uid = row.uid;
        sample.loss = row.loss;
        out.collect(sample);
      }
    }
  }

  private void aggregate() {
    TypeInformation<Telemetry> read = new RowType<>(Telemetry.class, Telemetry.Serializer.INSTANCE);
    TypeInformation<Sample> kept = new RowType<>(Sample.class, Sample.Serializer.INSTANCE);
    read(options.text("topics", "telemetry"), new Telemetry.Decoder(), read)
        .flatMap(new Keep())
        .returns(kept)
        .keyBy(row -> row.uid, Types.STRING)
        .window(windows())
        .aggregate(new LossWindow.Add(), new LossWindow.Emit(), Types.POJO(LossWindow.Stats.class),
            Types.POJO(LossWindow.Stats.class), Types.POJO(LossWindow.Row.class))
        .sinkTo(sink());
  }

  private void cogroup() {
    TypeInformation<Quality> type = new RowType<>(Quality.class, Quality.Serializer.INSTANCE);
    String[] topics = options.text("topics", "audio,video").split(",");
    DataStream<Quality> audio = read(topics[0], new Quality.Decoder(), type);
    DataStream<Quality> video = read(topics[1], new Quality.Decoder(), type);
    audio.coGroup(video)
        .where(row -> row.user, Types.STRING)
        .equalTo(row -> row.user, Types.STRING)
        .window(windows())
        .apply(new DriftGroup(), Types.POJO(DriftGroup.Row.class))
        .sinkTo(sink());
  }

  private WindowAssigner<Object, TimeWindow> windows() {
    return slide.equals(size) ? TumblingEventTimeWindows.of(size)
                              : SlidingEventTimeWindows.of(size, slide);
  }
}
