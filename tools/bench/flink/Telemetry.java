package weir.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The four fields of a telemetry record that W1 needs; the other thirteen are skipped. Reused from
 * record to record.
 */
public final class Telemetry {
  public long ts;
  public String type;
  public String uid;
  public double loss;

  /** Stops at the last wanted field. Not shared between threads. */
  static final class Decoder implements RowDecoder<Telemetry> {
    private static final long serialVersionUID = 1;
    private transient JsonFactory factory;
    private transient Telemetry row;

    @Override
    public Telemetry decode(byte[] bytes, int offset, int length) throws IOException {
      if (factory == null) {
        factory = RowDecoder.jsonFactory();
        row = new Telemetry();
      }
      try (JsonParser parser = factory.createParser(bytes, offset, length)) {
        int missing = 4;
        parser.nextToken();
        while (missing > 0 && parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          switch (name) {
            case "ts" -> { row.ts = parser.getLongValue(); missing--; }
            case "type" -> { row.type = parser.getText(); missing--; }
            case "uid" -> { row.uid = parser.getText(); missing--; }
            case "loss" -> { row.loss = parser.getDoubleValue(); missing--; }
            default -> parser.skipChildren();
          }
        }
      }
      return row;
    }

    @Override
    public long time(Telemetry row) {
      return row.ts;
    }
  }

  /** Only at work where the source is not chained to what follows. */
  static final class Serializer extends RowSerializer<Telemetry> {
    static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1;

    @Override
    public Telemetry createInstance() {
      return new Telemetry();
    }

    @Override
    public void serialize(Telemetry row, DataOutputView target) throws IOException {
      target.writeLong(row.ts);
      writeText(row.type, target);
      writeText(row.uid, target);
      target.writeDouble(row.loss);
    }

    @Override
    public Telemetry deserialize(Telemetry reuse, DataInputView source) throws IOException {
      reuse.ts = source.readLong();
      reuse.type = readText(source);
      reuse.uid = readText(source);
      reuse.loss = source.readDouble();
      return reuse;
    }

    @Override
    public Telemetry copy(Telemetry from) {
      Telemetry to = new Telemetry();
      to.ts = from.ts;
      to.type = from.type;
      to.uid = from.uid;
      to.loss = from.loss;
      return to;
    }

    @Override
    public TypeSerializerSnapshot<Telemetry> snapshotConfiguration() {
      return new Snapshot();
    }

    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Telemetry> {
      public Snapshot() {
        super(() -> INSTANCE);
      }
    }
  }
}
