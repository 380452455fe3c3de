package weir.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The dull half of a serializer written by hand, and short ASCII texts. */
abstract class RowSerializer<T> extends TypeSerializerSingleton<T> {
  private static final long serialVersionUID = 1;

  static void writeText(String text, DataOutputView target) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    target.writeByte(bytes.length);
    target.write(bytes, 0, bytes.length);
  }

  static String readText(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readUnsignedByte()];
    source.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return deserialize(createInstance(), source);
  }

  @Override
  public T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public int getLength() {
    return -1;
  }
}
