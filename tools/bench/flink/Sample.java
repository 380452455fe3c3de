package weir.bench;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What travels from the filter to the window of W1: the key and the number. */
public final class Sample {
  public String uid;
  public double loss;

  /** Length, Latin-1 bytes, eight bytes: the ids of the input are ASCII and shorter than 256. */
  static final class Serializer extends RowSerializer<Sample> {
    static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1;

    @Override
    public Sample createInstance() {
      return new Sample();
    }

    @Override
    public void serialize(Sample row, DataOutputView target) throws IOException {
      writeText(row.uid, target);
      target.writeDouble(row.loss);
    }

    @Override
    public Sample deserialize(Sample reuse, DataInputView source) throws IOException {
      reuse.uid = readText(source);
      reuse.loss = source.readDouble();
      return reuse;
    }

    @Override
    public Sample copy(Sample from) {
      Sample to = new Sample();
      to.uid = from.uid;
      to.loss = from.loss;
      return to;
    }

    @Override
    public TypeSerializerSnapshot<Sample> snapshotConfiguration() {
      return new Snapshot();
    }

    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Sample> {
      public Snapshot() {
        super(() -> INSTANCE);
      }
    }
  }
}
