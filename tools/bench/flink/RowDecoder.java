package weir.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import java.io.IOException;
import java.io.Serializable;

/** Bytes of one JSON object to a row and its event time. May return the same object every time. */
interface RowDecoder<T> extends Serializable {
  T decode(byte[] bytes, int offset, int length) throws IOException;

  long time(T row);

  static JsonFactory jsonFactory() {
    return new JsonFactoryBuilder().build();
  }
}
