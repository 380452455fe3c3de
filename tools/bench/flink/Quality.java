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
 * What W4 needs of an audio or video record. The key is lesson and user in one text, as both sides
 * compare it.
 */
public final class Quality {
  public long ts;
  public String user;
  public boolean frozen;

  static final class Decoder implements RowDecoder<Quality> {
    private static final long serialVersionUID = 1;
    private transient JsonFactory factory;
    private transient Quality row;

    @Override
    public Quality decode(byte[] bytes, int offset, int length) throws IOException {
      if (factory == null) {
        factory = RowDecoder.jsonFactory();
        row = new Quality();
      }
      String lesson = "";
      String user = "";
      try (JsonParser parser = factory.createParser(bytes, offset, length)) {
        int missing = 4;
        parser.nextToken();
        while (missing > 0 && parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          switch (name) {
            case "ts" -> { row.ts = parser.getLongValue(); missing--; }
            case "lesson" -> { lesson = parser.getText(); missing--; }
            case "user" -> { user = parser.getText(); missing--; }
            case "frozen" -> { row.frozen = parser.getBooleanValue(); missing--; }
            default -> parser.skipChildren();
          }
        }
      }
      row.user = lesson.concat(user);
      return row;
    }

    @Override
    public long time(Quality row) {
      return row.ts;
    }
  }

  static final class Serializer extends RowSerializer<Quality> {
    static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1;

    @Override
    public Quality createInstance() {
      return new Quality();
    }

    @Override
    public void serialize(Quality row, DataOutputView target) throws IOException {
      target.writeLong(row.ts);
      target.writeBoolean(row.frozen);
      writeText(row.user, target);
    }

    @Override
    public Quality deserialize(Quality reuse, DataInputView source) throws IOException {
      reuse.ts = source.readLong();
      reuse.frozen = source.readBoolean();
      reuse.user = readText(source);
      return reuse;
    }

    @Override
    public Quality copy(Quality from) {
      Quality to = new Quality();
      to.ts = from.ts;
      to.user = from.user;
      to.frozen = from.frozen;
      return to;
    }

    @Override
    public TypeSerializerSnapshot<Quality> snapshotConfiguration() {
      return new Snapshot();
    }

    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Quality> {
      public Snapshot() {
        super(() -> INSTANCE);
      }
    }
  }
}
