package weir.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;

/**
 * Takes turns over the files so that they move through time together. Called on the task's thread
 * only.
 */
final class LinesReader<T> implements SourceReader<T, LinesSplit> {
  private static final int TURN = 64; // records per call and file

  private final SourceReaderContext context;
  private final boolean inMemory;
  private final RowDecoder<T> decoder;
  private final List<LinesFile> files = new ArrayList<>();
  private final CompletableFuture<Void> available = new CompletableFuture<>();
  private boolean isComplete;
  private int next;
  private long counted;

  LinesReader(SourceReaderContext context, boolean inMemory, RowDecoder<T> decoder) {
    this.context = context;
    this.inMemory = inMemory;
    this.decoder = decoder;
  }

  @Override
  public void start() {}

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    if (files.isEmpty()) {
      return isComplete ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }
    next = (next + 1) % files.size();
    LinesFile file = files.get(next);
    SourceOutput<T> rows = output.createOutputForSplit(file.path());
    for (int i = 0; i < TURN; i++) {
      if (!file.advance()) {
        output.releaseOutputForSplit(file.path());
        files.remove(next);
        file.close();
        break;
      }
      T row = decoder.decode(file.bytes(), file.lineStart(), file.lineLength());
      rows.collect(row, decoder.time(row));
      count();
    }
    if (files.isEmpty() && isComplete) {
      Meter.addRecords(counted);
      return InputStatus.END_OF_INPUT;
    }
    return InputStatus.MORE_AVAILABLE;
  }

  private void count() {
    if (++counted == Meter.BLOCK) {
      Meter.addRecords(counted);
      counted = 0;
    }
  }

  @Override
  public List<LinesSplit> snapshotState(long checkpoint) {
    throw new UnsupportedOperationException("the file source of the benchmark is not resumed");
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return files.isEmpty() && !isComplete ? available : CompletableFuture.completedFuture(null);
  }

  @Override
  public void addSplits(List<LinesSplit> splits) {
    try {
      for (LinesSplit split : splits) {
        files.add(new LinesFile(split.path(), inMemory));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    available.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    isComplete = true;
    available.complete(null);
  }

  @Override
  public void close() throws Exception {
    for (LinesFile file : files) {
      file.close();
    }
  }
}
