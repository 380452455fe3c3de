package weir.bench;

import java.io.Serializable;
import org.apache.flink.api.connector.source.SourceSplit;

/** One file of JSON lines, which stands for one partition. */
public record LinesSplit(String path) implements SourceSplit, Serializable {
  @Override
  public String splitId() {
    return path;
  }
}
