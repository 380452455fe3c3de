package weir.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Every file "PREFIX-N.jsonl" is a split with its own watermark. Either read as it goes or, "in
 * memory", before the first record. Written for the benchmark: Flink's own FileSource hands a
 * decoder one String per line.
 */
final class LinesSource<T> implements Source<T, LinesSplit, Collection<LinesSplit>> {
  private static final long serialVersionUID = 1;
  private final String prefix;
  private final boolean inMemory;
  private final RowDecoder<T> decoder;

  LinesSource(String prefix, boolean inMemory, RowDecoder<T> decoder) {
    this.prefix = prefix;
    this.inMemory = inMemory;
    this.decoder = decoder;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<T, LinesSplit> createReader(SourceReaderContext context) {
    return new LinesReader<>(context, inMemory, decoder);
  }

  @Override
  public SplitEnumerator<LinesSplit, Collection<LinesSplit>> createEnumerator(
      SplitEnumeratorContext<LinesSplit> context) throws IOException {
    File start = new File(prefix).getAbsoluteFile();
    File[] files = start.getParentFile().listFiles(
        file -> file.getName().matches(start.getName() + "-\\d+\\.jsonl"));
    if (files == null || files.length == 0) {
      throw new IOException("no files " + prefix + "-N.jsonl");
    }
    Arrays.sort(files);
    return new Enumerator(
        context, Arrays.stream(files).map(file -> new LinesSplit(file.getPath())).toList());
  }

  @Override
  public SplitEnumerator<LinesSplit, Collection<LinesSplit>> restoreEnumerator(
      SplitEnumeratorContext<LinesSplit> context, Collection<LinesSplit> left) {
    return new Enumerator(context, left);
  }

  @Override
  public SimpleVersionedSerializer<LinesSplit> getSplitSerializer() {
    return new SplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<LinesSplit>> getEnumeratorCheckpointSerializer() {
    return new SplitsSerializer();
  }

  /** Deals the files out one by one, round robin over the readers once all of them are there. */
  private static final class Enumerator
      implements SplitEnumerator<LinesSplit, Collection<LinesSplit>> {
    private final SplitEnumeratorContext<LinesSplit> context;
    private final Queue<LinesSplit> left;

    Enumerator(SplitEnumeratorContext<LinesSplit> context, Collection<LinesSplit> left) {
      this.context = context;
      this.left = new ArrayDeque<>(left);
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int reader, String host) {}

    @Override
    public void addSplitsBack(List<LinesSplit> splits, int reader) {
      left.addAll(splits);
    }

    @Override
    public void addReader(int reader) {
      if (context.registeredReaders().size() < context.currentParallelism()) {
        return;
      }
      for (int next = 0; !left.isEmpty(); next++) {
        context.assignSplit(left.remove(), next % context.currentParallelism());
      }
      for (int each = 0; each < context.currentParallelism(); each++) {
        context.signalNoMoreSplits(each);
      }
    }

    @Override
    public Collection<LinesSplit> snapshotState(long checkpoint) {
      return left;
    }

    @Override
    public void close() {}
  }

  private static final class SplitSerializer implements SimpleVersionedSerializer<LinesSplit> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(LinesSplit split) {
      return split.path().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public LinesSplit deserialize(int version, byte[] bytes) {
      return new LinesSplit(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static final class SplitsSerializer
      implements SimpleVersionedSerializer<Collection<LinesSplit>> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Collection<LinesSplit> splits) {
      return String.join("\n", splits.stream().map(LinesSplit::path).toList())
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Collection<LinesSplit> deserialize(int version, byte[] bytes) {
      String paths = new String(bytes, StandardCharsets.UTF_8);
      return paths.isEmpty() ? List.of()
                             : Arrays.stream(paths.split("\n")).map(LinesSplit::new).toList();
    }
  }
}
